"""What a production knows: tools, uses, works, people, approvals, escalations. One module a noun."""
