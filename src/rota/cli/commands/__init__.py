"""The commands, one a file; each module has one public `command`."""
