"""What the engine needs from outside, as protocols and frozen records; no behaviour lives here."""
