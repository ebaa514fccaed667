"""What an organisation does with its offers in „Mein Bereich“: look, confirm, change, end, copy."""
