//! What is wrong, where, and what to do about it: the shipped pathway broken in one place after the other.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_pathway::Severity;

/// `to` stands for `from` in `file`; « marks the place that is blamed, or the blame lies elsewhere (`at`: file, line's text).
struct Broken {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    name: &'static str,
    hint: &'static str,
}

const fn broken(file: &'static str, from: &'static str, to: &'static str, name: &'static str, hint: &'static str) -> Broken {
    Broken { file, from, to, name, hint }
}

const HEAD: &str = "00-pathway.md";
const PHASES: &str = "10-phases.md";
const ASK: &str = "20-check-in.md";
const ASK_ES: &str = "20-check-in.es.md";
const SAFE: &str = "30-safety.md";
const COURSE: &str = "40-course.md";
const LIMITS: &str = "50-restrictions.md";
const SOURCES: &str = "90-sources.md";

const TABLE: &[Broken] = &[
    // Words that are not there.
    broken(SAFE, "when saddle is yes\n", "when saddle is «yess\n", "unknown-code", "did you mean `yes`?"),
    broken(SAFE, "when saddle is yes\n", "when «sadle is yes\n", "unknown-question", "did you mean `saddle`?"),
    broken(
        SAFE,
        "bladder is hard-to-start, hard-to-stop, cannot-pass, leaking or cannot-feel\n  then",
        "bladder is hard-to-start, hard-to-stop, cannot-pass, «leeking or cannot-feel\n  then",
        "unknown-code",
        "did you mean `leaking`?",
    ),
    broken(
        SAFE,
        "when saddle is yes\n  then emergency",
        "when saddle is yes\n  then «emergancy",
        "unknown-level",
        "did you mean `emergency`?",
    ),
    broken(
        SAFE,
        "then emergency\n  source B1, founding\n```\n\n## A change in passing",
        "then emergency\n  source B1, «foundling\n```\n\n## A change in passing",
        "unknown-source",
        "did you mean `founding`?",
    ),
    broken(
        ASK,
        "  page page-safety\n  severity no < yes\n  normal no\n  asked every check-in\n  safety\n```\n\n## Numb",
        "  page «page-safty\n  severity no < yes\n  normal no\n  asked every check-in\n  safety\n```\n\n## Numb",
        "unknown-page",
        "did you mean `page-safety`?",
    ),
    broken(COURSE, "when reading is lasting-change", "when reading is «lasting-chang", "unknown-reading", "did you mean `lasting-change`?"),
    broken(COURSE, "    day 0..10\n", "    phase «protekt\n", "unknown-phase", "did you mean `protect`?"),
    broken(HEAD, "notice silence", "«notice silense", "unknown-notice", "did you mean `silence`?"),
    broken(
        ASK,
        "  unchanged as-before\n  normal none\n  asked every check-in\n  safety\n```\n\n## Weak",
        "  unchanged «as-befor\n  normal none\n  asked every check-in\n  safety\n```\n\n## Weak",
        "unknown-code",
        "did you mean `as-before`?",
    ),
    broken(
        ASK,
        "severity clean < sore < warm, swollen < red-spreading, discharge",
        "severity clean < sore < «warn, swollen < red-spreading, discharge, warm",
        "unknown-code",
        "did you mean `warm`?",
    ),
    broken(
        LIMITS,
        "  mid-range on day 29..42\n  controlled on day 43..56\n  graded on day 57..119\n  free from day 120\n  clinic must confirm\n  source C3, C4",
        "  «midrange on day 29..42\n  controlled on day 43..56\n  graded on day 57..119\n  free from day 120\n  clinic must confirm\n  source C3, C4",
        "unknown-code",
        "did you mean `mid-range`?",
    ),
    // Numbers and ranges.
    broken(
        SAFE,
        "    all of\n      pain at least 8\n      pain at least 3 above usual\n    all of\n      pain-worst at least 8",
        "    all of\n      pain at least «80\n      pain at least 3 above usual\n    all of\n      pain-worst at least 8",
        "bad-number",
        "a number from 0 to 10",
    ),
    broken(SAFE, "    day 5..60\n", "    day «60..5\n", "bad-range", "write it like `5..60`"),
    broken(
        SAFE,
        "pain at least 2 above usual on 3 days running",
        "pain at least 2 above usual on «9 days running",
        "bad-number",
        "a whole number from 2 to 7",
    ),
    broken(
        SAFE,
        "      temperature at least 38.0\n    any of\n      against-usual",
        "      temperature at least «98.6\n    any of\n      against-usual",
        "bad-number",
        "a number from 34.0 to 43.0 °C",
    ),
    broken(PHASES, "day 0..14", "day «14..0", "bad-range", "write it like `0..10`"),
    broken(HEAD, "hours mon-fri 08:00..17:00", "«hours mon-fri 17:00..08:00", "bad-hours", "write it like `hours mon-fri 08:00..17:00`"),
    // What a condition cannot say.
    broken(SAFE, "when saddle is yes\n", "when saddle at most «3\n", "wrong-form", "say `saddle is …`"),
    broken(
        SAFE,
        "when saddle is yes\n",
        "when saddle «was yes\n",
        "not-understood",
        "say `is …`, `has …`, `at least N`, `at most N` or `answered`",
    ),
    broken(SAFE, "when saddle is yes\n", "when «not pain at least 2 above usual\n", "not-of-history", "an answer of this check-in"),
    broken(SAFE, "when saddle is yes\n", "when «day 0..5 on 3 days running\n", "not-countable", "a condition on one answer"),
    broken(SAFE, "when saddle is yes\n", "«when\n", "no-condition", ""),
    broken(SAFE, "when saddle is yes\n", "«when all of\n", "no-condition", "one condition a line"),
    // Lines and blocks.
    broken(SAFE, "  when saddle is yes\n", "  «wen saddle is yes\n", "not-understood", "did you mean `when`?"),
    broken(SAFE, "safety rule saddle-change\n", "«safty rule saddle-change\n", "unknown-declaration", "did you mean `safety`?"),
    broken(SAFE, "safety rule saddle-change\n", "«safety rule\n", "bad-declaration", "NAME"),
    broken(SAFE, "safety rule saddle-change\n", "safety rule «Saddle_Change\n", "bad-id", "lower-case words joined by `-`"),
    broken(SAFE, "  when saddle is yes\n", "  when saddle «\tis yes\n", "tab", "indent with spaces"),
    broken(HEAD, "  crisis \"988\"\n", "  crisis «\"988\n", "open-quote", "close it with"),
    broken(
        SAFE,
        "```lamella\nsafety rule bowel-change\n",
        "```lamella\n«safety rule saddle-change\n",
        "twice",
        "the other stands in 30-safety.md line ",
    ),
    broken(SAFE, "  when saddle is yes\n", "", "no-rule", "add a line `when …`"),
    broken(
        SAFE,
        "  source B1, founding\n```\n\n## A change in passing",
        "  source B1, founding\n«otherwise watch\n```\n\n## A change in passing",
        "two-declarations",
        "a heading of its own",
    ),
    broken(
        SAFE,
        "```\n\n## A change in passing",
        "```\n«```lamella\notherwise watch\n```\n\n## A change in passing",
        "two-blocks",
        "a heading of its own",
    ),
    broken(SAFE, "## A change in passing urine", "«```lamella\n```\n## A change in passing urine", "two-blocks", "a heading of its own"),
    broken(SAFE, "# Nerves\n", "# Nerves\n«```lamella\n```\n", "empty-block", ""),
    broken(SAFE, "# Safety rules\n", "«```lamella\notherwise watch\n```\n# Safety rules\n", "no-heading", "what people read"),
    broken(SAFE, "```lamella\nsafety rule saddle-change\n", "«```\nsafety rule saddle-change\n", "unmarked-block", "write `lamella`"),
    broken("60-card.md", "card attention\n```\n", "card attention\n", "open-block", "three backticks"),
    broken(ASK_ES, "{#pain}\n", "{#pain}\n```lamella\n«otherwise watch\n```\n", "block-in-translation", "words only"),
    // Answers.
    broken(
        ASK,
        "- yes (emergency): yes\n```lamella\nquestion chest",
        "«- yes (emergncy): yes\n```lamella\nquestion chest",
        "bad-floor",
        "write `(attention)`",
    ),
    broken(
        ASK,
        "- no: no\n- yes (emergency): yes\n```lamella\nquestion chest",
        "«- no, not at all\n- yes (emergency): yes\n```lamella\nquestion chest",
        "bad-answer",
        "write `- code: words`",
    ),
    broken(
        ASK,
        "- no: no\n- yes (emergency): yes\n```lamella\nquestion chest",
        "- no: no\n«- no: not at all\n- yes (emergency): yes\n```lamella\nquestion chest",
        "twice",
        "",
    ),
    broken(
        ASK,
        "- no: no\n- yes (emergency): yes\n```lamella\nquestion chest",
        "- no: no\n- yes (emergency): yes\n«- dont-know: what\n```lamella\nquestion chest",
        "twice",
        "",
    ),
    broken(
        ASK,
        "  severity better < same < worse < new-kind",
        "  «severity better < same < worse",
        "no-severity",
        "every answer needs one",
    ),
    // What is missing in the whole.
    broken(HEAD, "  revision 1\n", "", "no-revision", "add `revision 1`"),
    broken(HEAD, "```lamella\notherwise watch\n```", "", "no-otherwise", "`otherwise watch`"),
    broken(HEAD, "```lamella\nlevel watch\n```", "", "no-level", "a `level` block"),
    broken(HEAD, "```lamella\nnotice hold\n```", "", "no-notice", "the engine raises it"),
    broken(HEAD, "  hours mon-fri 08:00..17:00\n", "", "no-contact", "whom to call"),
    broken(
        HEAD,
        "level emergency\n  answer within 1 hours\n",
        "«level emergency\n",
        "no-answer-within",
        "add `answer within N clinic hours`",
    ),
    broken(
        ASK,
        "  asked every check-in\n  safety\n```\n\n## How strong was it at",
        "  safety\n```\n\n## How strong was it at",
        "not-asked",
        "add `asked every check-in`",
    ),
    broken(
        ASK,
        "  asked every check-in\n  safety\n```\n\n## How strong was it at",
        "  asked every check-in\n```\n\n## How strong was it at",
        "not-safety",
        "add `safety` to the question",
    ),
    broken(PHASES, "  day 15..84\n", "  day 16..84\n", "phase-days", "without a gap"),
    broken(PHASES, "  day from 85\n", "  day 85..400\n", "phase-days", "write `day from N`"),
    broken(PHASES, "  silence watch after 1 days, attention after 2 days\n", "", "phase-cadence", "silence watch after"),
    broken(PHASES, "  check in every 3 days when calm", "  check in every 14 days when calm", "too-rare", "never rarer than weekly"),
    broken(PHASES, "every 30 days from day 366", "every 400 days from day 366", "too-rare", "monthly after"),
    broken(
        PHASES,
        "watch after 3 days, attention after 6 days",
        "watch after 0 days, attention after 6 days",
        "bad-silence",
        "at least 1 day",
    ),
    broken(PHASES, "watch after 3 days, attention after 6 days", "watch after 6 days, attention after 3 days", "bad-silence", "no sooner"),
    broken(PHASES, "at most watch over 7 days", "at most watch over 90 days", "bad-criterion", "1 to 20 answered days"),
    broken(LIMITS, "  at most 2 kg on day 4..14\n", "", "restriction-days", "without a gap"),
    broken(
        LIMITS,
        "  free from day 366\n  clinic must confirm\n  source C3, D4",
        "  free from day 366\n  source C3, D4",
        "unconfirmed",
        "add `clinic must confirm`",
    ),
    broken(SOURCES, "source A4\n  mark V\n", "«source A4\n", "no-mark", "add `mark V`"),
    broken(HEAD, "  model ", "  model «zz", "bad-model", "write all 64 digits"),
    broken(HEAD, "  revision 1\n", "  revision 1\n  «revision 2\n", "said-twice", "keep one"),
    broken(SAFE, "  source B1\n", "  source B1\n  «source B2\n", "said-twice", "keep one"),
    broken(
        PHASES,
        "  check in every 1 days\n  silence watch after 1 days",
        "  check in every 1 days\n  «check in every 5 days\n  silence watch after 1 days",
        "said-twice",
        "keep one",
    ),
    broken(HEAD, "  emergency \"911\"\n", "  emergency \"911\"\n  «clinic \"555 9999\"\n", "said-twice", "keep one"),
    broken(SAFE, "- Call us today and tell us your temperature.\n", "«- \n", "empty-item", "write the words"),
    broken(
        COURSE,
        "rule quiet-day\n  when against-usual is better or same\n",
        "rule quiet-day\n  when any of\n    against-usual is better or same\n    reading is in-flare\n",
        "reading-lowers",
        "only to raise",
    ),
    // Doubts.
    broken(LIMITS, "  at most 2 kg on day 4..14\n", "  at most 50 kg on day 4..14\n", "limit-falls", "should be meant"),
    broken(ASK_ES, "{#saddle}", "{#sadle}", "stray-translation", "did you mean `saddle`?"),
    broken(ASK_ES, "{#saddle}", "{#sadle}", "missing-translation", "add `## … {#saddle}`"),
    broken(ASK_ES, "- shooting: ", "- shoting: ", "stale-translation", "translate the list anew"),
    broken(
        SAFE,
        "This can mean that the nerves to your bladder and bowel are being squeezed.",
        "Compression of the cauda equina nerve roots frequently necessitates immediate neurosurgical decompression, particularly whenever urinary incontinence accompanies perianal anaesthesia.",
        "hard-to-read",
        "shorter sentences",
    ),
];

type Marked = (usize, usize);

/// The files with the mistake in them, and the line and column that are marked.
fn swapped(broken: &Broken) -> (Vec<(String, String)>, Option<Marked>) {
    let mut files = files();
    let (_, text) = files.iter_mut().find(|(name, _)| name == broken.file).expect("a file");
    let start = text.find(broken.from).unwrap_or_else(|| panic!("{} no longer says {:?}", broken.file, broken.from));
    let mark = broken.to.find('«').map(|at| {
        let before = format!("{}{}", &text[..start], &broken.to[..at]);
        let line = before.rsplit('\n').next().unwrap();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    });
    text.replace_range(start..start + broken.from.len(), &broken.to.replacen('«', "", 1));
    (files, mark)
}

#[test]
fn each_mistake_is_named_at_its_place() {
    let mut otherwise = vec![];
    for broken in TABLE {
        let (files, mark) = swapped(broken);
        let (pathway, found) = read(&files);
        let here = found.iter().find(|diagnostic| {
            let at = (diagnostic.place.line, diagnostic.place.column);
            let placed = mark.is_none_or(|mark| mark == at && diagnostic.place.file == broken.file);
            diagnostic.name == broken.name && diagnostic.hint.contains(broken.hint) && placed
        });
        let wrong = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        assert_eq!(pathway.is_none(), wrong, "{:?}", broken.to);
        let doubt = ["stray-translation", "missing-translation", "stale-translation", "hard-to-read", "limit-falls"].contains(&broken.name);
        if here.is_none_or(|here| (here.severity == Severity::Warning) != doubt) {
            let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
            otherwise.push(format!("{}: {:?} at {mark:?} says\n    {}", broken.name, broken.to, shown.join("\n    ")));
        }
    }
    assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
}

/// What is missing is said where its block stands, and of which it is.
#[test]
fn what_is_missing_is_said_of_its_own_block() {
    for (index, file, line) in [
        ("not-safety", ASK, "question pain"),
        ("not-asked", ASK, "question pain"),
        ("phase-cadence", PHASES, "phase protect"),
        ("restriction-days", LIMITS, "restriction lift"),
        ("unconfirmed", LIMITS, "restriction lift"),
        ("no-rule", SAFE, "safety rule saddle-change"),
        ("hard-to-read", SAFE, "safety rule saddle-change"),
        ("missing-translation", ASK, "question saddle"),
        ("no-otherwise", HEAD, "pathway annular-fibrin"),
    ] {
        let broken = TABLE.iter().find(|broken| broken.name == index).unwrap();
        let (files, _) = swapped(broken);
        let found = read(&files).1;
        let diagnostic = found.iter().find(|diagnostic| diagnostic.name == index).unwrap();
        let text = &files.iter().find(|(name, _)| *name == diagnostic.place.file).unwrap().1;
        assert_eq!((diagnostic.place.file.as_str(), text.lines().nth(diagnostic.place.line - 1)), (file, Some(line)), "{index}");
    }
}

/// Everything that is wrong is said at once, in the order of its place, and reads as a sentence.
#[test]
fn several_at_once() {
    let mut files = files();
    for (file, from, to) in [
        (SAFE, "when saddle is yes\n", "when saddle is yess\n"),
        (SAFE, "when both-legs-pain is yes", "when both-leg-pain is yes"),
        (HEAD, "level watch\n", "level wach\n"),
        (LIMITS, "at most 9 kg on day 43..56", "at most nine kg on day 43..56"),
    ] {
        let (_, text) = files.iter_mut().find(|(name, _)| name == file).unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
    }
    let (pathway, found) = read(&files);
    assert!(pathway.is_none());
    let named: Vec<(&str, &str)> = found.iter().map(|diagnostic| (diagnostic.place.file.as_str(), diagnostic.name)).collect();
    for expected in [(HEAD, "unknown-level"), (SAFE, "unknown-code"), (SAFE, "unknown-question"), (LIMITS, "bad-number")] {
        assert!(named.contains(&expected), "{expected:?} in {found:#?}");
    }
    let shown = found.iter().find(|diagnostic| diagnostic.name == "unknown-code").unwrap().to_string();
    let line = files.iter().find(|(name, _)| name == SAFE).unwrap().1.lines().position(|line| line == "  when saddle is yess").unwrap() + 1;
    assert_eq!(shown, format!("30-safety.md:{line}:18: error[unknown-code]: `saddle` has no answer `yess` (did you mean `yes`?)"));
}

/// As JSON for editors: file, line, column, length, severity, name, what, hint.
#[test]
fn as_json() {
    let (files, _) = swapped(&TABLE[0]);
    let found = read(&files).1;
    let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(&found[0]).unwrap()).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["column", "file", "hint", "length", "line", "name", "severity", "what"]);
    assert_eq!((json["severity"].as_str(), json["column"].as_u64(), json["length"].as_u64()), (Some("error"), Some(18), Some(4)));
}
