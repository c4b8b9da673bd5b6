"""The demo's year: money that comes by itself and goes back right, told step by step, and three books that agree."""
