"""Where the code of attempts runs: threads of ours, or an event loop."""
