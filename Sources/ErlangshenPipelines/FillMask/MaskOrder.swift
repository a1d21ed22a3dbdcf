/// The order in which joint filling decides the masks of a text.
///
/// A masked language model gives conditionals, not one joint distribution; the order fixes which product of
/// conditionals is meant. Under each of these orders the probabilities of all fillings sum to one (less the share of
/// special and unused tokens, which are never proposed), because the next mask depends only on what was filled before.
public enum MaskOrder: String, Sendable, CaseIterable {
    /// p(w₁…w_k) = Π p(w_i | text, w_1…w_{i−1}), the masks from left to right.
    case leftToRight = "left-to-right"
    /// The same from right to left.
    case rightToLeft = "right-to-left"
    /// The mask with the likeliest best token first, chosen anew after each choice; the leftmost among equals.
    case mostCertainFirst = "most-certain-first"
}
