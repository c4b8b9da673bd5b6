"""What a person wrote: HTML to text, own words against history, calendars."""
