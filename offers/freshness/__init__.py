"""Keeping the register true: reminders, answers by signed link, the wave, dead links, and what is left to do."""
