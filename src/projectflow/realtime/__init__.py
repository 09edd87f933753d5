"""What follows the event log: the relay to live channels, the consumers, webhooks."""
