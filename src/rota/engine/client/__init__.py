"""What all services of a client stand on: the store, who acts, and items for lists."""
