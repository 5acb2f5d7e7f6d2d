"""A conversation that goes on from call to call. Each session has its own; the turns are messages of the prompt.

    python docs/examples/memory.py

A run itself keeps nothing: it takes ``conversation_history`` and gives ``updated_history`` back. In Python the agent keeps both
for you by ``session_id``; over the REST API you send the one of the run before.
"""

from agents import MemoryAgent, MemoryConfig

agent = MemoryAgent(MemoryConfig(max_history_turns=10))

print(agent.chat("My name is Ada.", session_id="ada")["response"])
print(agent.chat("Do you remember my name?", session_id="ada")["response"])
for turn in agent.history("ada"):
    print(f"  {turn['role']}: {turn['content']}")

agent.forget("ada")
print(f"After forgetting: {len(agent.history('ada'))} turns")

result = agent.run(message="Do you remember my name?", conversation_history=[{"role": "user", "content": "I am Grace."}])
print(result["response"])
