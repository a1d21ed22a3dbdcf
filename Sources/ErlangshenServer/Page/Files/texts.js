// What the page says, in Chinese and in English.
import { kept } from "./dom.js";

const texts = {
  zh: {
    model: "模型", examples: "试试这些", tasks: "任务", text: "文本", pair: "第二句（可留空）",
    labels: "候选标签，以逗号分隔", run: "计算", running: "计算中…", undo: "撤销", result: "结果", enter: "确定",
    key: "本服务需要密钥", fillHint: "点一个候选词，把它填进去", insertMask: "在光标处插入掩码",
    hintKeys: "Enter 计算，Shift+Enter 换行", copyLink: "复制链接", copied: "已复制", linkAbove: "链接在地址栏中",
    switchLanguage: "Switch to English", otherLanguage: "EN", switchTheme: "切换明暗", count: "候选数",
    "theme-auto": "跟随系统", "theme-light": "浅色", "theme-dark": "深色",
    time: "用时 {seconds} 秒（{device}）", needsMask: "先在文本里放一个 {mask}，再让模型填它",
    noText: "请输入文本", noLabels: "请输入候选标签", noServer: "服务器没有应答", wrongKey: "密钥不对", loading: "模型加载中…", noModels: "没有可用的模型",
    "task-fill-mask": "填空", "task-text-scoring": "哪个字奇怪", "task-attention": "注意力",
    "task-text-classification": "分类", "task-zero-shot-classification": "自拟标签",
    "task-token-classification": "实体", "task-feature-extraction": "向量",
    fill: "填入「{word}」", mask: "第 {number} 个掩码", each: "各自填写", jointly: "一起填写",
    jointNote: "联合概率；前 {count} 项证明为最佳", jointOnly: "联合概率",
    oddLow: "自然", oddHigh: "奇怪", oddNote: "伪困惑度 {value}", oddPick: "选一个字，看模型更想要什么",
    oddDetail: "「{text}」概率 {probability}，排第 {rank}；模型更想要「{favourite}」（{favouriteProbability}）",
    maskIt: "遮住这个字再填", layer: "层", head: "头", meanHead: "平均", attentionPick: "选一个字，看它注意哪里",
    attentionOf: "「{text}」的注意力", shares: "打分由什么决定", c2c: "内容对内容（c2c）", c2p: "内容对位置（c2p）",
    p2c: "位置对内容（p2c）", sharesNote: "打分方差中各项所占的份额；负值表示抵消其他项", noEntities: "没有找到实体",
    vector: "{count} 维向量", "remark-random-weights": "权重是随机的：结果没有意义",
    "remark-truncated": "文本过长，已截断", "remark-extrapolates": "文本比训练时的任何文本都长",
    "remark-target-replaced": "目标词由其首个词元代替", "remark-target-ignored": "有目标词被忽略",
    "remark-unknown-tokens": "有词表之外的字", "remark-precision-replaced": "精度已更换",
    "failure-Malformed": "请求的格式不对", "failure-Validation": "模型处理不了这样的输入",
    "failure-TooLarge": "输入超出了服务器的限制", "failure-Forbidden": "服务器拒绝了请求",
    "failure-NotFound": "没有这个模型或地址", "failure-Timeout": "等待的时间太长了",
    "failure-Overloaded": "服务器正忙，请稍后再试", "failure-Loading": "模型还在加载，请稍后再试",
    "failure-Draining": "服务器正在停止", "failure-Backend": "模型出了错，原因见服务器的日志",
  },
  en: {
    model: "Model", examples: "Try these", tasks: "Tasks", text: "Text",
    pair: "Second text (optional)",
    labels: "Candidate labels, with commas between", run: "Compute", running: "Computing…", undo: "Undo",
    result: "Result", enter: "Enter", key: "This server asks for a key", fillHint: "Choose a word to fill it in",
    insertMask: "Insert the mask at the cursor", hintKeys: "Enter computes, Shift+Enter breaks the line",
    copyLink: "Copy link", copied: "Copied", linkAbove: "It is in the address bar",
    switchLanguage: "切换到中文", otherLanguage: "中文",
    switchTheme: "Light or dark", count: "Candidates", "theme-auto": "as the system", "theme-light": "light",
    "theme-dark": "dark", time: "{seconds} s on {device}",
    needsMask: "Put {mask} into the text where a word is missing",
    noText: "You need to input some text",
    noLabels: "You need to input candidate labels", noServer: "The server does not answer",
    wrongKey: "That is not the key", loading: "Model is loading…", noModels: "There is no model",
    "task-fill-mask": "Fill mask", "task-text-scoring": "Odd characters", "task-attention": "Attention",
    "task-text-classification": "Classify", "task-zero-shot-classification": "Labels of your own",
    "task-token-classification": "Entities", "task-feature-extraction": "Vector",
    fill: "Fill in “{word}”", mask: "Mask {number}", each: "Each on its own", jointly: "Together",
    jointNote: "Joint probability; the first {count} are proven to be the best", jointOnly: "Joint probability",
    oddLow: "natural", oddHigh: "odd", oddNote: "Pseudo-perplexity {value}",
    oddPick: "Choose a character to see what the model would rather read",
    oddDetail: "“{text}” has probability {probability}, rank {rank}; the model would rather read “{favourite}” "
      + "({favouriteProbability})",
    maskIt: "Mask it and fill", layer: "Layer", head: "Head", meanHead: "mean",
    attentionPick: "Choose a character to see where it looks", attentionOf: "Attention of “{text}”",
    shares: "What decides the scores", c2c: "content to content (c2c)", c2p: "content to position (c2p)",
    p2c: "position to content (p2c)",
    sharesNote: "Shares of the scores' variance; a negative one works against the others",
    noEntities: "No entities found", vector: "A vector of {count} numbers",
    "remark-random-weights": "The weights are random: the answers mean nothing",
    "remark-truncated": "The text was too long and has been cut",
    "remark-extrapolates": "The text is longer than any that the model was trained on",
    "remark-target-replaced": "A target was replaced by its first token",
    "remark-target-ignored": "A target was ignored",
    "remark-unknown-tokens": "Some characters are not in the vocabulary",
    "remark-precision-replaced": "The precision was replaced",
    "failure-Malformed": "The request is not well formed",
    "failure-Validation": "The model cannot do anything with this input",
    "failure-TooLarge": "The input is beyond what the server takes",
    "failure-Forbidden": "The server refuses the request", "failure-NotFound": "There is no such model or address",
    "failure-Timeout": "It took too long", "failure-Overloaded": "The server is busy; try again in a moment",
    "failure-Loading": "The model is still loading; try again in a moment",
    "failure-Draining": "The server is stopping", "failure-Backend": "The model failed; the server's log says why",
  },
};

const preferred = () => (navigator.language?.toLowerCase().startsWith("zh") ? "zh" : "en");
let language = Object.hasOwn(texts, kept.get("language") ?? "") ? kept.get("language") : preferred();

/** The text of a name, with values in its braces. */
export function say(name, values = {}) {
  const text = texts[language][name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** Whether there is a text of this name. */
export const knows = (name) => Object.hasOwn(texts[language], name);

/** Changes to the other language and remembers it. */
export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  kept.set("language", language);
}

/** Puts the texts of the language into every element that names one. */
export function dress(root = document) {
  document.documentElement.lang = language;
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = say(node.dataset.label);
  }
}
