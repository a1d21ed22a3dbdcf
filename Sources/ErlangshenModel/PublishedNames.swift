// The names that transformers, and `architectures` in config.json, have for these classes. A folder's `model_type` says
// which architecture it is, so each of them loads both.

/// Configuration of a DeBERTa-v2 checkpoint.
public typealias DebertaV2Config = EncoderConfig
/// The encoder of a DeBERTa-v2 checkpoint.
public typealias DebertaV2Model = EncoderModel
/// A DeBERTa-v2 checkpoint with its masked-language-model head.
public typealias DebertaV2ForMaskedLM = EncoderForMaskedLM
/// A DeBERTa-v2 checkpoint with a classifier over whole texts.
public typealias DebertaV2ForSequenceClassification = EncoderForSequenceClassification
/// A DeBERTa-v2 checkpoint with a classifier over each token.
public typealias DebertaV2ForTokenClassification = EncoderForTokenClassification
/// A DeBERTa-v2 checkpoint with a head that finds answers.
public typealias DebertaV2ForQuestionAnswering = EncoderForQuestionAnswering

/// Configuration of a BERT checkpoint.
public typealias BertConfig = EncoderConfig
/// The encoder of a BERT checkpoint.
public typealias BertModel = EncoderModel
/// A BERT checkpoint with its masked-language-model head.
public typealias BertForMaskedLM = EncoderForMaskedLM
/// A BERT checkpoint with a classifier over whole texts.
public typealias BertForSequenceClassification = EncoderForSequenceClassification
/// A BERT checkpoint with a classifier over each token.
public typealias BertForTokenClassification = EncoderForTokenClassification
/// A BERT checkpoint with a head that finds answers.
public typealias BertForQuestionAnswering = EncoderForQuestionAnswering
