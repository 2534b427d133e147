"""Readers of layouts: grids of cells in, tables with declared column names out. No types, no checks, no messages."""
