"""Research over documents: the answer names as sources only the documents that it really used.

    python docs/examples/rag_research.py

Documents are found by meaning and by words at once; with local embeddings installed by meaning in earnest.
"""

from agents import Document, RAGConfig, RAGResearchAgent

DOCUMENTS = [
    Document(id="warranty", title="Warranty", text="The warranty of the kettle is three years. Keep the receipt."),
    Document(id="cleaning", title="Cleaning", text="Descale the kettle once a month with vinegar."),
    Document(id="shipping", title="Shipping", text="Parcels leave our house within two working days."),
]

agent = RAGResearchAgent(RAGConfig(top_k_documents=2, similarity_threshold=0.2), documents=DOCUMENTS)

result = agent.ask("How long is the warranty of the kettle?")
print(result["answer"])
print(f"Sources: {', '.join(result['sources'])}")
for found in result["relevant_excerpts"]:
    print(f"  {found['similarity']:.2f} {found['title']}: {found['excerpt']}")

nothing = agent.ask("Quel temps fera-t-il demain?")
print(nothing["answer"])
