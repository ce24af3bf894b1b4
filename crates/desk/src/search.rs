//! Whom a search means: a name as it is heard, a number as it is dialled, a birth date as it is said.

use jiff::civil::Date;
use lamella_record::Patient;

/// The last digits of a telephone number, that country and trunk prefixes leave alone.
const OWN_DIGITS: usize = 7;
/// Fewer digits than these could be anything.
const FEW_DIGITS: usize = 4;
/// The first three letters of the months, English and Spanish; the same letters never mean two.
const MONTHS: [[&str; 2]; 12] = [
    ["jan", "ene"],
    ["feb", "feb"],
    ["mar", "mar"],
    ["apr", "abr"],
    ["may", "may"],
    ["jun", "jun"],
    ["jul", "jul"],
    ["aug", "ago"],
    ["sep", "set"],
    ["oct", "oct"],
    ["nov", "nov"],
    ["dec", "dic"],
];

/// What was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<String>,
    born: Option<Date>,
    dialled: Option<String>,
}

impl Wanted {
    /// Reads what was typed.
    pub fn new(typed: &str) -> Wanted {
        let born = date(typed);
        let digits = digits(typed);
        let is_number = typed.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+()-./".contains(c));
        let dialled = (is_number && born.is_none() && digits.len() >= FEW_DIGITS).then_some(digits);
        Wanted { words: words(typed), born, dialled }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a patient is meant.
    pub fn fits(&self, patient: &Patient) -> bool {
        if self.born.is_some() {
            return self.born == patient.born;
        }
        let number = digits(patient.text("phone").unwrap_or(""));
        if self.dialled.as_ref().is_some_and(|dialled| same_number(dialled, &number)) {
            return true;
        }
        let born = patient.born.map_or(String::new(), |born| born.to_string());
        let text = format!("{} {}", words(patient.name.as_deref().unwrap_or("")).join(" "), words(&born).join(" "));
        self.words.iter().all(|word| text.contains(word))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn same_number(dialled: &str, number: &str) -> bool {
    let own = |text: &str| text.len().checked_sub(OWN_DIGITS).and_then(|from| text.get(from..)).map(str::to_string);
    number.contains(dialled) || own(dialled).is_some_and(|dialled| own(number) == Some(dialled))
}

/// The words of a text as they are compared: accents, case, apostrophes and hyphens apart.
fn words(text: &str) -> Vec<String> {
    let plain = lamella_store::folded(text).replace(['\'', '’', '‘', '´', '`', 'ʼ'], "");
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// A date as people write it, the day first: `01/07/1952`, `1.7.1952`, `1 jul 1952`, `1 de julio de 1952`; or `1952-07-01`.
fn date(typed: &str) -> Option<Date> {
    let parts: Vec<String> = words(typed).into_iter().filter(|word| !matches!(word.as_str(), "de" | "del" | "of")).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let month = |word: &str| {
        let named = MONTHS.iter().position(|names| word.len() >= 3 && names.iter().any(|name| word.starts_with(name)));
        named.and_then(|place| i8::try_from(place + 1).ok()).or_else(|| word.parse().ok())
    };
    let (day, year) = if first.len() == 4 { (third, first) } else { (first, third) };
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Date::new(year, month(second)?, day.trim_end_matches(|c: char| c.is_alphabetic()).parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patient() -> Patient {
        let particulars = json!({
            "id": "p", "name": "Siobhán O’Neill-García", "born": "1952-07-01", "phone": "+34 555 0106", "time_zone": "Europe/Madrid",
            "procedure": {"date": "2026-03-02"},
        });
        serde_json::from_value(particulars).unwrap_or_else(|error| unreachable!("{error}"))
    }

    #[test]
    fn people_are_found_as_they_say_who_they_are() {
        let found = [
            "",
            "oneill",
            "o'neill",
            "O’Neill",
            "garcia siobhan",
            "neill garcía",
            "01/07/1952",
            "1.7.1952",
            "1 jul 1952",
            "1 July 1952",
            "1 de julio de 1952",
            "1952-07-01",
            "1952",
            "555 0106",
            "5550106",
            "+1 555 0106",
            "0034 555 0106",
            "0106",
            "(555) 0106",
            "siobhan 1952",
        ];
        for typed in found {
            assert!(Wanted::new(typed).fits(&patient()), "{typed}");
        }
        for typed in ["07/01/1952", "2 jul 1952", "neil2", "siobhan ruiz", "555 0107", "+1 555 1106", "106 555", "1953"] {
            assert!(!Wanted::new(typed).fits(&patient()), "{typed}");
        }
    }
}
