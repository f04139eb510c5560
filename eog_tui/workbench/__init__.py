"""What a person needs to act as the agent, without any widget: fields, values seen so far, tools found, call lines."""
