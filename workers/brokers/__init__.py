"""What wakes workers up: a queue in this process, Redis or RabbitMQ. The store is what they work off."""
