"""Uses, tools, works, talent, consents, approvals, records: state as of a time. Pure."""
