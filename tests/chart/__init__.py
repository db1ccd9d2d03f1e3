"""The chart as objects: rendered by helm, parsed, and judged by checkers that each have tests of their own."""
