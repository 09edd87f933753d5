"""Agents: programs that work in a person's name, through the Model Context Protocol."""
