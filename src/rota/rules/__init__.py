"""What happens: pure decisions about runs. No clock, no storage, no randomness: all comes in."""
