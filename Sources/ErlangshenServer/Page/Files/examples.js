// Texts to begin with. The first is the one of the published models' card.
const masked = [
  "桂林是世界闻名的旅游城市,它有[MASK]江。",
  "桂林是世界闻名的旅游城市,它有[MASK][MASK]。",
  "巴黎是[MASK]国的首都。",
  "生活的真谛是[MASK]。",
];
const plain = ["桂林是世界闻名的旅游城市,它有漓江。", "我今天去图书馆皆书。", "他住在北京,在一家公司工作。"];

/** The examples of a task, with the model's own mask token. */
export function examples(task, maskToken) {
  switch (task) {
    case "fill-mask":
      return masked.map((text) => ({ text: text.replaceAll("[MASK]", () => maskToken ?? "[MASK]") }));
    case "text-classification":
      return [
        { text: "今天心情不好" }, { text: "这家酒店的服务非常周到,下次还会再来。" },
        { text: "一个男人在弹吉他。", pair: "有人在演奏乐器。" },
      ];
    case "zero-shot-classification":
      return [{ text: "国家队昨晚以三比一取胜。", labels: "体育,财经,娱乐" }];
    default:
      return plain.map((text) => ({ text }));
  }
}
