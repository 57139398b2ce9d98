//! Internationalized hosts as browsers write them (RFC 3492), for a message: nothing is compared by it.

/// An origin of http or https in those; `None` where that takes the tables of UTS #46.
pub(super) fn written(origin: &str) -> Option<String> {
    let (scheme, authority) = origin.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !["http", "https"].contains(&&*scheme) {
        return None;
    }
    let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
    let labels: Option<Vec<_>> = host.split('.').map(label).collect();
    Some(format!("{scheme}://{}{port}", labels?.join(".")))
}

/// A part of a host, in lower case.
fn label(text: &str) -> Option<String> {
    let lower: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    if lower.iter().all(char::is_ascii) {
        return Some(lower.into_iter().collect());
    }
    if !lower.iter().copied().all(stands_for_itself) {
        return None;
    }
    let label = format!("xn--{}", encoded(&lower)?);
    (label.len() <= LONGEST).then_some(label)
}

/// RFC 1035 §2.3.4.
const LONGEST: usize = 63;

/// Whether browsers leave a character as it is: of the scripts of most hosts, those without another form.
fn stands_for_itself(character: char) -> bool {
    matches!(
        character,
        'a'..='z' | '0'..='9' | '-'
            // Latin
            | '\u{df}'..='\u{f6}' | '\u{f8}'..='\u{131}' | '\u{134}'..='\u{13e}'
            | '\u{141}'..='\u{148}' | '\u{14a}'..='\u{17e}' | '\u{1ea0}'..='\u{1ef9}'
            // Greek, Cyrillic, Hebrew, Arabic
            | '\u{3ac}'..='\u{3ce}' | '\u{430}'..='\u{45f}' | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}'
            // Kana, Chinese, Korean
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'
            | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
    )
}

/// RFC 3492 §5.
const BASE: u32 = 36;
const LEAST: u32 = 1;
const MOST: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 0x80;

/// RFC 3492 §6.3, without the prefix.
fn encoded(label: &[char]) -> Option<String> {
    let mut written: String = label.iter().filter(|c| c.is_ascii()).collect();
    let basic = u32::try_from(written.len()).ok()?;
    let all = u32::try_from(label.len()).ok()?;
    if basic > 0 {
        written.push('-');
    }
    let (mut code, mut delta, mut bias, mut handled) = (FIRST_CODE, 0_u32, FIRST_BIAS, basic);
    while handled < all {
        let codes = label.iter().copied().map(u32::from);
        let next = codes.clone().filter(|other| *other >= code).min()?;
        let skipped = (next - code).checked_mul(handled + 1)?;
        delta = delta.checked_add(skipped)?;
        code = next;
        for other in codes {
            if other < code {
                delta = delta.checked_add(1)?;
            } else if other == code {
                write_number(delta, bias, &mut written);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(written)
}

/// Digits of a length that follows from the number (§3.3).
fn write_number(mut number: u32, bias: u32, written: &mut String) {
    for place in 1.. {
        let threshold = (place * BASE).saturating_sub(bias).clamp(LEAST, MOST);
        if number < threshold {
            break;
        }
        let rest = number - threshold;
        written.push(digit(threshold + rest % (BASE - threshold)));
        number = rest / (BASE - threshold);
    }
    written.push(digit(number));
}

/// `a` to `z`, then `0` to `9`.
fn digit(value: u32) -> char {
    let digit = match value {
        0..26 => u32::from('a') + value,
        _ => u32::from('0') + value - 26,
    };
    char::from_u32(digit).expect("digits are below 36")
}

/// §6.1.
fn adapted(delta: u32, handled: u32, is_first: bool) -> u32 {
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / handled;
    let mut bias = 0;
    while delta > (BASE - LEAST) * MOST / 2 {
        delta /= BASE - LEAST;
        bias += BASE;
    }
    bias + (BASE - LEAST + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_rfc_3492_are_encoded_as_there() {
        for (text, expected) in [
            (
                "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}",
                "egbpdaj6bu4bxfgehfvwxn",
            ),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
            ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
            (
                "\u{5dc}\u{5de}\u{5d4}\u{5d4}\u{5dd}\u{5e4}\u{5e9}\u{5d5}\u{5d8}\u{5dc}\u{5d0}\u{5de}\u{5d3}\u{5d1}\u{5e8}\u{5d9}\u{5dd}\u{5e2}\u{5d1}\u{5e8}\u{5d9}\u{5ea}",
                "4dbcagdahymbxekheh6e0a7fei0b",
            ),
            (
                "なぜみんな日本語を話してくれないのか",
                "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
            ),
            (
                "세계의모든사람들이한국어를이해한다면얼마나좋을까",
                "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
            ),
            (
                "почемужеонинеговорятпорусски",
                "b1abfaaepdrnnbgefbadotcwatmq2g4l",
            ),
            (
                "PorquénopuedensimplementehablarenEspañol",
                "PorqunopuedensimplementehablarenEspaol-fmd56a",
            ),
            (
                "TạisaohọkhôngthểchỉnóitiếngViệt",
                "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g",
            ),
            ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
            (
                "安室奈美恵-with-SUPER-MONKEYS",
                "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n",
            ),
            (
                "Hello-Another-Way-それぞれの場所",
                "Hello-Another-Way--fc4qua05auwb3674vfr0b",
            ),
            ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
            ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
            ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
            ("そのスピードで", "d9juau41awczczp"),
            ("-> $1.00 <-", "-> $1.00 <--"),
        ] {
            let label: Vec<char> = text.chars().collect();
            assert_eq!(encoded(&label).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_do() {
        for (origin, expected) in [
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("HTTPS://MÜNCHEN.Example", "https://xn--mnchen-3ya.example"),
            (
                "http://bücher.example:8080",
                "http://xn--bcher-kva.example:8080",
            ),
            ("http://bücher:8080", "http://xn--bcher-kva:8080"),
            (
                "https://a.日本.ÄÖ.example",
                "https://a.xn--wgv71a.xn--4ca0b.example",
            ),
            ("https://straße.example", "https://xn--strae-oqa.example"),
            ("https://ΒΌΛΟΣ.example", "https://xn--nxasmq6b.example"),
        ] {
            assert_eq!(written(origin).as_deref(), Some(expected), "{origin}");
        }
    }

    #[test]
    fn what_only_the_tables_of_unicode_could_tell_is_not_guessed() {
        let long = format!("https://{}.example", "ü".repeat(64));
        for origin in [
            "",
            "münchen.example",
            "tauri://löcalhost",
            "https://user@münchen.example",
            "https://mu\u{308}nchen.example",
            "https://ｍünchen.example",
            "https://münchen\u{3002}example",
            "https://☃.example",
            "https://mün chen.example",
            "https://İstanbul.example",
            long.as_str(),
        ] {
            assert_eq!(written(origin), None, "{origin}");
        }
    }
}
