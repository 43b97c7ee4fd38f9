"""What ships for tests: a settable clock and the conformance suite every store must pass."""
