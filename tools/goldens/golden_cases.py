"""The table of small checkpoints that make_goldens.py writes, DeBERTa-v2 and BERT, one entry a case.

A case is the published configuration, made small, with one thing changed. A value of ABSENT removes the key from
config.json, so that the default counts.
"""
from dataclasses import dataclass, field

ABSENT = object()

BASE = {
    "model_type": "deberta-v2",
    "attention_probs_dropout_prob": 0.1,
    "conv_act": "gelu",
    "conv_kernel_size": 3,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 24,
    "initializer_range": 0.3,
    "intermediate_size": 32,
    "layer_norm_eps": 1e-7,
    "max_position_embeddings": 24,
    "max_relative_positions": -1,
    "norm_rel_ebd": "layer_norm",
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "pos_att_type": "c2p|p2c",
    "position_biased_input": False,
    "position_buckets": 8,
    "relative_attention": True,
    "share_att_key": True,
    "type_vocab_size": 0,
    "vocab_size": 41,
}

# As published on the hub for BERT, RoBERTa-wwm-ext and MacBERT, made small; keys that change nothing are among them.
BERT = {
    "model_type": "bert",
    "architectures": ["BertForMaskedLM"],
    "attention_probs_dropout_prob": 0.1,
    "directionality": "bidi",
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 24,
    "initializer_range": 0.3,
    "intermediate_size": 32,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 24,
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "pad_token_id": 0,
    "pooler_fc_size": 768,
    "pooler_type": "first_token_transform",
    "type_vocab_size": 2,
    "vocab_size": 41,
}


@dataclass(frozen=True)
class Case:
    """One checkpoint and one batch.

    change: configuration keys that differ from base.      head: the class that reads it (see make_goldens.HEADS)
    lengths: tokens per row before holes; the longest is S. holes: {row: positions whose mask is 0 inside the row}
    dtype: how the weights are stored.                      hidden_states: also keep every hidden state
    rename: [(from, to)] applied to the stored names, for the spellings of old files.
    extra: {name: shape} of tensors that are stored too and that no answer depends on; those of ids are I64.
    types: whether the batch has token types, where the model has them.
    """
    change: dict = field(default_factory=dict)
    head: str = "masked_lm"
    lengths: tuple = (16, 11, 14)
    holes: dict = field(default_factory=lambda: {2: (3, 7, 8)})
    dtype: str = "F32"
    hidden_states: bool = False
    rename: tuple = ()
    base: dict = field(default_factory=lambda: BASE)
    extra: dict = field(default_factory=dict)
    types: bool = True


def bert(change=None, **rest):
    """A case of the other architecture; its first text is as long as the table of positions."""
    return Case(change or {}, base=BERT, **{"lengths": (24, 11, 14), **rest})


def labels(*names):
    """The label keys as save_pretrained writes them: ids are strings."""
    return {"id2label": {str(i): n for i, n in enumerate(names)}, "label2id": {n: i for i, n in enumerate(names)}}


ONE = {"num_hidden_layers": 1}
OLD_NAMES = (("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta"))
# What the files of BERT's pretraining have beside the masked-language model.
PRETRAINING = {
    "bert.embeddings.position_ids": (1, 24), "bert.pooler.dense.weight": (24, 24), "bert.pooler.dense.bias": (24,),
    "cls.seq_relationship.weight": (2, 24), "cls.seq_relationship.bias": (2,),
}
PLAIN = {"relative_attention": False, "position_buckets": ABSENT, "norm_rel_ebd": ABSENT, "share_att_key": ABSENT}

CASES = {
    # The published configuration; sizes that divide evenly, sizes that do not.
    "published": Case({"hidden_size": 48, "num_hidden_layers": 3}, hidden_states=True),
    "odd_sizes": Case({"hidden_size": 36, "num_attention_heads": 4, "intermediate_size": 50, "vocab_size": 37}),
    "short": Case(ONE, lengths=(1, 2, 3, 1), holes={}),
    "left_padding": Case(lengths=(16, 16), holes={1: (0, 1, 2, 3, 4)}),
    "extrapolation": Case(lengths=(40, 31), holes={}),
    "wide_buckets": Case({"position_buckets": 32, "max_position_embeddings": 512}, lengths=(150, 66), holes={}),
    # Which position terms, how they are written.
    "pos_att_p2c_c2p": Case({**ONE, "pos_att_type": "p2c|c2p"}),
    "pos_att_list": Case({**ONE, "pos_att_type": ["p2c", "c2p"]}),
    "pos_att_spaced_upper": Case({**ONE, "pos_att_type": " C2P | P2C"}),
    "pos_att_null": Case({**ONE, "pos_att_type": None}),
    "pos_att_empty": Case({**ONE, "pos_att_type": ""}),
    "pos_att_c2p": Case({"pos_att_type": "c2p"}),
    "pos_att_p2c": Case({"pos_att_type": "p2c"}),
    # The relative table and its projections.
    "buckets_minus_one": Case({**ONE, "position_buckets": -1}),
    "buckets_absent_clamped": Case({"position_buckets": ABSENT, "max_relative_positions": 7}),
    "buckets_absent_extrapolation": Case({"position_buckets": ABSENT}, lengths=(40, 27), holes={}),
    "max_relative_zero": Case({**ONE, "max_relative_positions": 0}),
    "max_relative_positive": Case({**ONE, "max_relative_positions": 40}),
    "norm_rel_none": Case({**ONE, "norm_rel_ebd": "none"}),
    "norm_rel_absent": Case({**ONE, "norm_rel_ebd": ABSENT}),
    "norm_rel_combined": Case({**ONE, "norm_rel_ebd": "Layer_Norm | other"}),
    "share_att_key_false": Case({"share_att_key": False}),
    "share_att_key_absent_c2p": Case({"share_att_key": ABSENT, "pos_att_type": "c2p"}),
    "share_att_key_false_p2c": Case({"share_att_key": False, "pos_att_type": "p2c"}),
    "attention_head_size": Case({**ONE, "attention_head_size": 8}),
    "relative_attention_false": Case({**PLAIN, "pos_att_type": ABSENT}),
    "relative_attention_false_scaled": Case({**PLAIN, "pos_att_type": "c2p|p2c"}),
    # The convolution.
    "conv_zero": Case({"conv_kernel_size": 0, "conv_act": ABSENT}),
    "conv_absent": Case({**ONE, "conv_kernel_size": ABSENT, "conv_act": ABSENT}),
    "conv_5_groups_relu": Case({"conv_kernel_size": 5, "conv_groups": 4, "conv_act": "relu"}),
    "conv_act_absent": Case({**ONE, "conv_act": ABSENT}),
    # Embeddings.
    "position_biased_input": Case({"position_biased_input": True}),
    "position_biased_absent": Case({**ONE, "position_biased_input": ABSENT}),
    "type_vocab": Case({"type_vocab_size": 2}),
    "embedding_size": Case({"embedding_size": 20}),
    # Activations and LayerNorm.
    "hidden_act_relu": Case({**ONE, "hidden_act": "relu"}),
    "hidden_act_tanh": Case({**ONE, "hidden_act": "tanh"}),
    "hidden_act_gelu_new": Case({**ONE, "hidden_act": "gelu_new"}),
    "hidden_act_silu": Case({**ONE, "hidden_act": "silu"}),
    "layer_norm_eps_string": Case({**ONE, "layer_norm_eps": "1e-7"}),
    "layer_norm_eps_large": Case({**ONE, "layer_norm_eps": 0.05}),
    # How the file is written.
    "dtype_f16": Case(dtype="F16"),
    "dtype_bf16": Case(dtype="BF16"),
    "names_gamma_beta": Case(rename=OLD_NAMES),
    # Heads.
    "masked_lm_not_legacy": Case({"legacy": False}),
    "masked_lm_untied": Case({"tie_word_embeddings": False}),
    "base_model": Case(head="model", hidden_states=True),
    "sequence_classification": Case({**ONE, **labels("负面", "中性", "正面")}, head="sequence_classification"),
    "sequence_classification_pooler": Case(
        {**ONE, **labels("a", "b", "c", "d", "e"), "pooler_hidden_act": "tanh", "pooler_hidden_size": 24,
         "pooler_dropout": 0.2, "cls_dropout": 0.3}, head="sequence_classification"),
    "sequence_regression": Case({**ONE, **labels("LABEL_0")}, head="sequence_classification"),
    "token_classification": Case(
        {**ONE, **labels("O", "B-地名", "I-地名", "B-人名", "I-人名")}, head="token_classification"),
    "question_answering": Case(ONE, head="question_answering"),
    # BERT: the published form; sizes that do not divide evenly; a long table of positions.
    "bert": bert({"hidden_size": 48, "num_hidden_layers": 3}, hidden_states=True),
    "bert_odd_sizes": bert({"hidden_size": 36, "num_attention_heads": 4, "intermediate_size": 50, "vocab_size": 37}),
    "bert_long": bert({**ONE, "max_position_embeddings": 150}, lengths=(150, 66), holes={}),
    "bert_left_padding": bert(ONE, lengths=(16, 16), holes={1: (0, 1, 2, 3, 4)}),
    "bert_without_types": bert(ONE, types=False),
    "bert_defaults": bert({**ONE, "hidden_act": ABSENT, "layer_norm_eps": ABSENT, "type_vocab_size": ABSENT}),
    "bert_model_type_absent": bert({**ONE, "model_type": ABSENT}),
    "bert_pretraining": bert({"architectures": ["BertForPreTraining"]}, rename=OLD_NAMES, extra=PRETRAINING),
    "bert_keys_of_deberta": bert({
        **ONE, "relative_attention": True, "pos_att_type": "c2p|p2c", "conv_kernel_size": 3, "embedding_size": 20,
        "position_biased_input": False, "attention_head_size": 5, "pooler_hidden_act": "relu", "legacy": False}),
    "bert_untied": bert({**ONE, "tie_word_embeddings": False}),
    "bert_hidden_act_relu": bert({**ONE, "hidden_act": "relu", "layer_norm_eps": 0.05}),
    "bert_f16": bert(dtype="F16"),
    "bert_base_model": bert({"architectures": ["BertModel"]}, head="model", hidden_states=True),
    "bert_sequence_classification": bert(
        {**ONE, **labels("负面", "中性", "正面"), "classifier_dropout": 0.3}, head="sequence_classification"),
    "bert_token_classification": bert(
        {**ONE, **labels("O", "B-地名", "I-地名")}, head="token_classification"),
    "bert_question_answering": bert(ONE, head="question_answering"),
}
