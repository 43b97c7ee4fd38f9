"""Stores: where Rota keeps what it knows. All answer alike: see `rota.testing.conformance`."""
