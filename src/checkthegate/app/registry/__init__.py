"""What a production knows: tools, uses, works, people, approvals. One module a noun."""
