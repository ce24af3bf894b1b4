//! Questions and their answers.

use super::*;

impl<'a> Maker<'a> {
    /// What conditions need to know of each question and phase before any condition is read.
    pub(super) fn shells(&mut self) {
        let tree = self.tree;
        self.phases = tree.decls.iter().filter(|decl| decl.what == What::Phase).map(|decl| decl.id.clone()).collect();
        let decls: Vec<&Decl> = tree.decls.iter().filter(|decl| decl.what == What::Question).collect();
        for decl in decls {
            let shell = self.shell(decl);
            self.questions.push(shell);
        }
    }

    fn shell(&mut self, decl: &Decl) -> Question {
        let mut question = Question {
            id: decl.id.clone(),
            text: vec![],
            form: Form::One,
            codes: vec![],
            ranks: vec![],
            range: (0, 0),
            unit: String::new(),
            floors: vec![],
            page: String::new(),
            alone: None,
            unchanged: None,
            normal: 0,
            preset: None,
            empty_stands_for: None,
            baseline_intake: false,
            asked: Asked::Always,
            safety: false,
            keep_days: 0,
        };
        let mut form = None;
        for line in &decl.lines {
            match line.words().as_slice() {
                ["one", "of", "the", "above"] => form = Some(Form::One),
                ["any", "of", "the", "above"] => form = Some(Form::Any),
                ["whole", range, unit @ ..] => {
                    form = Some(Form::Whole);
                    question.unit = unit.join(" ");
                    question.range = self.range(line, range_of(range));
                }
                ["tenths", range, unit @ ..] => {
                    form = Some(Form::Tenths);
                    question.unit = unit.join(" ");
                    let ends = range.split_once("..").and_then(|(a, b)| Some((tenths(a)?, tenths(b)?)));
                    question.range = self.range(line, ends);
                }
                _ => {}
            }
        }
        match form {
            Some(form) => question.form = form,
            None => {
                let hint = "say `one of the above`, `any of the above`, `whole 0..10` or `tenths 34.0..43.0 °C`".to_string();
                self.error(&decl.place, "no-form", format!("`{}` does not say what it takes", decl.id), hint);
            }
        }
        if !question.is_number() {
            self.answers(decl, &mut question);
        }
        question
    }

    pub(super) fn range(&mut self, line: &Line, range: Option<(i32, i32)>) -> (i32, i32) {
        match range {
            Some((least, most)) if least <= most => (least, most),
            _ => {
                self.error(line.at(1), "bad-range", "this is not a range".to_string(), "write it like `0..10`".to_string());
                (0, 10)
            }
        }
    }

    fn answers(&mut self, decl: &Decl, question: &mut Question) {
        for item in &decl.section.items {
            let Some((code, floor, _)) = answer(item) else {
                let hint = "write `- code: words` or `- code (attention): words`".to_string();
                self.error(&item.place, "bad-answer", "this is not an answer".to_string(), hint);
                continue;
            };
            if question.codes.contains(&code) || code == "dont-know" {
                self.error(&item.place, "twice", format!("`{code}` stands here already, or is kept for the engine"), String::new());
                continue;
            }
            if let Some(floor) = floor {
                match floor_of(&floor) {
                    Some((level, from_day)) => question.floors.push(Floor { code: question.codes.len() as u8, level, from_day }),
                    None => {
                        let hint = "write `(attention)` or `(attention from day 3)`".to_string();
                        self.error(&item.place, "bad-floor", format!("`({floor})` is not a floor"), hint);
                    }
                }
            }
            question.codes.push(code);
        }
        if question.codes.is_empty() || question.codes.len() > MOST_CODES {
            let what = format!("`{}` lists {} answers", decl.id, question.codes.len());
            self.error(&decl.place, "no-answers", what, format!("list 1 to {MOST_CODES} above the block, like `- none: no`"));
        }
    }

    pub(super) fn questions(&mut self) -> Vec<Question> {
        let tree = self.tree;
        let decls: Vec<&Decl> = tree.decls.iter().filter(|decl| decl.what == What::Question).collect();
        let mut done = vec![];
        for (decl, shell) in decls.into_iter().zip(self.questions.clone()) {
            done.push(self.question(decl, shell));
        }
        // Conditions are resolved; from here on the finished questions stand in for the shells.
        self.questions = done.clone();
        done
    }

    fn question(&mut self, decl: &Decl, mut question: Question) -> Question {
        question.text = self.texts(decl, &question.codes.clone());
        let mut asked = None;
        for line in &decl.lines {
            match line.words().as_slice() {
                ["one" | "any", "of", "the", "above"] | ["whole" | "tenths", ..] => {}
                ["page", page] => question.page = self.page_named(line, page),
                ["severity", ..] => question.ranks = self.severity(line, &question),
                ["alone", _] => question.alone = self.code_at(line, 1, &question).map(|code| code as u8),
                ["unchanged", _] => question.unchanged = self.code_at(line, 1, &question).map(|code| code as u8),
                ["normal", ..] => question.normal = self.normal(line, &question),
                ["preset", word] => question.preset = self.preset(line, word, &question),
                ["empty", "stands", "for", number] => {
                    question.empty_stands_for = if question.form == Form::Tenths { tenths(number) } else { number.parse().ok() };
                    if question.empty_stands_for.is_none() {
                        self.error(line.at(3), "bad-number", format!("`{number}` is not a number"), String::new());
                    }
                }
                ["baseline", "intake"] => question.baseline_intake = true,
                ["asked", "every", "check-in"] => asked = Some(Asked::Always),
                ["asked", "every", _, "days"] => asked = Some(Asked::EveryDays(self.count(line, 2))),
                ["asked", "when", ..] => asked = self.condition(line, 2).map(Asked::When).or(Some(Asked::Always)),
                ["safety"] => question.safety = true,
                _ => self.not_understood(
                    line,
                    "question",
                    &[
                        "one of the above",
                        "any of the above",
                        "whole 0..10",
                        "tenths 34.0..43.0 °C",
                        "page NAME",
                        "severity A < B",
                        "alone CODE",
                        "unchanged CODE",
                        "normal CODE",
                        "preset CODE",
                        "empty stands for N",
                        "baseline intake",
                        "asked every check-in",
                        "safety",
                    ],
                ),
            }
        }
        match asked {
            Some(asked) => question.asked = asked,
            None => {
                let hint = "add `asked every check-in`".to_string();
                self.error(&decl.place, "not-asked", format!("`{}` does not say when it is asked", decl.id), hint);
            }
        }
        if question.ranks.is_empty() {
            question.ranks = vec![0; question.codes.len()];
        }
        question
    }

    fn page_named(&mut self, line: &Line, page: &str) -> String {
        let tree = self.tree;
        let pages: Vec<&str> = tree.decls.iter().filter(|decl| decl.what == What::Page).map(|decl| decl.id.as_str()).collect();
        if !pages.contains(&page) {
            let hint = did_you_mean(page, pages.into_iter());
            self.error(line.at(1), "unknown-page", format!("there is no page `{page}`"), hint);
        }
        page.to_string()
    }

    fn code_at(&mut self, line: &Line, word: usize, question: &Question) -> Option<usize> {
        let text = line.words().get(word).copied().unwrap_or("").to_string();
        let code = question.code(&text);
        if code.is_none() {
            let hint = did_you_mean(&text, question.codes.iter().map(String::as_str));
            self.error(line.at(word), "unknown-code", format!("`{}` has no answer `{text}`", question.id), hint);
        }
        code
    }

    fn normal(&mut self, line: &Line, question: &Question) -> u64 {
        let places: Vec<usize> = listed(&line.words()).map(|(index, _)| index).skip(1).collect();
        places.into_iter().filter_map(|word| self.code_at(line, word, question)).fold(0, |bits, code| bits | 1 << code)
    }

    fn preset(&mut self, line: &Line, word: &str, question: &Question) -> Option<i64> {
        if question.is_number() {
            let number = word.parse::<i64>().ok();
            if number.is_none() {
                self.error(line.at(1), "bad-number", format!("`{word}` is not a number"), String::new());
            }
            return number;
        }
        self.code_at(line, 1, question).map(|code| 1 << code)
    }

    fn severity(&mut self, line: &Line, question: &Question) -> Vec<u8> {
        let mut ranks: Vec<Option<u8>> = vec![None; question.codes.len()];
        let tokens = line.tokens.get(1..).unwrap_or(&[]).to_vec();
        for (rank, group) in groups(&tokens).into_iter().enumerate() {
            for token in group {
                match question.code(&token.text).and_then(|code| ranks.get_mut(code)) {
                    Some(slot) if slot.is_none() => *slot = Some(rank as u8),
                    Some(_) => self.error(&token.place, "twice", format!("`{}` stands here twice", token.text), String::new()),
                    None => {
                        let hint = did_you_mean(&token.text, question.codes.iter().map(String::as_str));
                        self.error(&token.place, "unknown-code", format!("`{}` has no answer `{}`", question.id, token.text), hint);
                    }
                }
            }
        }
        for (code, rank) in question.codes.iter().zip(&ranks) {
            if rank.is_none() {
                let what = format!("`{code}` has no place in the order of severity");
                self.error(&line.place, "no-severity", what, "every answer needs one".to_string());
            }
        }
        ranks.into_iter().map(|rank| rank.unwrap_or(0)).collect()
    }
}
