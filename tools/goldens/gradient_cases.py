"""The table of small checkpoints whose gradients make_gradient_goldens.py writes, one entry a case.

A case is one of golden_cases.py: the published configuration, made small, with some things changed. Weights are stored
as float16, to keep the files small; whoever reads them computes in more. The probabilities of dropout are large, so
that a test that switches dropout on sees it; the goldens themselves are made without.
"""
from golden_cases import ABSENT, BERT, Case, labels

DROPOUT = {"hidden_dropout_prob": 0.2, "attention_probs_dropout_prob": 0.15}
LENGTHS = (16, 1, 9, 12)
CHOICES = 2
CLASSES = labels("负面", "中性", "正面")
TAGS = labels("O", "B-地名", "I-地名", "B-人名", "I-人名")
# Weights this wide give every part a gradient far above rounding.
SMALL = {"vocab_size": 37, "initializer_range": 0.2, **DROPOUT}


def case(head, change=None, **rest):
    """A DeBERTa-v2."""
    return Case({**SMALL, **(change or {})}, head=head, dtype="F16", **{"lengths": LENGTHS, "holes": {}, **rest})


def bert(head, change=None, **rest):
    """A BERT; its longest text is as long as the table of positions."""
    return case(head, {"max_position_embeddings": 16, **(change or {})}, base=BERT, **rest)


GRADIENT_CASES = {
    # The published configuration; tied decoder.
    "published": case("masked_lm", {"num_hidden_layers": 3}),
    # Position projections of their own; an untied decoder; another size of embeddings; the newer head.
    "untied": case("masked_lm", {"tie_word_embeddings": False, "share_att_key": False}),
    "embedding_size": case("masked_lm", {"embedding_size": 20, "share_att_key": False, "pos_att_type": "c2p"}),
    "not_legacy": case("masked_lm", {"legacy": False, "share_att_key": False, "pos_att_type": "p2c"}),
    # A table without buckets and without LayerNorm; texts longer than it.
    "extrapolation": case(
        "masked_lm", {"position_buckets": ABSENT, "norm_rel_ebd": ABSENT, "max_position_embeddings": 12},
        lengths=(30, 5, 17)),
    "c2p": case("sequence_classification", {**CLASSES, "pos_att_type": "c2p", "conv_act": ABSENT}),
    "p2c": case(
        "sequence_classification",
        {**CLASSES, "pos_att_type": "p2c", "hidden_size": 28, "num_attention_heads": 4, "intermediate_size": 38,
         "hidden_act": "gelu_new", "pooler_hidden_act": "tanh", "pooler_hidden_size": 28}),
    # No position term: the relative table is there and reaches nothing.
    "no_terms": case("token_classification", {**TAGS, "pos_att_type": ""}),
    # Neither table nor convolution, but absolute positions and token types.
    "absolute": case(
        "token_classification",
        {**TAGS, "relative_attention": False, "position_buckets": ABSENT, "norm_rel_ebd": ABSENT,
         "share_att_key": ABSENT, "pos_att_type": ABSENT, "conv_kernel_size": 0, "conv_act": ABSENT,
         "position_biased_input": True, "type_vocab_size": 2, "hidden_act": "silu"}),
    "conv_groups": case(
        "token_classification", {**TAGS, "conv_groups": 2, "conv_kernel_size": 5, "conv_act": "tanh"}),
    # Masks with holes: neighbours keep their positions.
    "question_answering": case("question_answering", holes={0: (3, 7, 8), 2: (0,)}),
    # The convolution's layer is the last one, of which only the first tokens are asked for.
    "multiple_choice": case(
        "multiple_choice",
        {"num_hidden_layers": 1, "hidden_act": "tanh", "cls_dropout": 0.3, "pooler_dropout": 0.25}),
    "bert_masked_lm": bert("masked_lm", {"num_hidden_layers": 1}),
    "bert_untied": bert("masked_lm", {"tie_word_embeddings": False, "num_hidden_layers": 1}),
    "bert_sequence_classification": bert("sequence_classification", {**CLASSES, "classifier_dropout": 0.3}),
    "bert_token_classification": bert("token_classification", {**TAGS, "num_hidden_layers": 1}),
    "bert_question_answering": bert("question_answering", {"num_hidden_layers": 1}, types=False),
    "bert_multiple_choice": bert("multiple_choice", {"num_hidden_layers": 1}),
}
