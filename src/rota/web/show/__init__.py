"""What pages draw and say, as pure functions: times, marks, strips, sentences."""
