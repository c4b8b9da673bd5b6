"""What a message is: values in, values out; no clock, disk, socket or log."""
