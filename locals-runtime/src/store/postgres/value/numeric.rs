//! `numeric`: a decimal number of up to 131072 digits, kept four by four.

/// The digits as PostgreSQL writes them: `-12.50`, `NaN`, `Infinity`; `None` if those are no numeric.
///
/// The form is `numeric_send`'s: how many groups there are, which power of 10000 the first one counts, the
/// sign, how many digits follow the point, the groups.
pub(super) fn digits(raw: &[u8]) -> Option<String> {
    let words: Vec<u16> = raw
        .chunks(2)
        .map(|two| two.try_into().ok().map(u16::from_be_bytes))
        .collect::<Option<_>>()?;
    let (&[count, weight, sign, scale], groups) = words.split_first_chunk::<4>()?;
    if groups.len() != usize::from(count) || groups.iter().any(|group| *group > 9999) {
        return None;
    }
    let sign = match sign {
        0x0000 => "",
        0x4000 => "-",
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("Infinity".to_owned()),
        0xF000 => return Some("-Infinity".to_owned()),
        _ => return None,
    };
    let weight = i32::from(weight.cast_signed());
    Some(format!("{sign}{}", decimal(groups, weight, scale.into())))
}

/// Without its sign.
fn decimal(groups: &[u16], weight: i32, scale: usize) -> String {
    // The group that counts this power of 10000; zeros are left out at both ends.
    let group = |power: i32| {
        let at = usize::try_from(weight - power).ok();
        at.and_then(|at| groups.get(at)).copied().unwrap_or(0)
    };
    let mut text = group(weight.max(0)).to_string();
    for power in (0..weight).rev() {
        text.push_str(&format!("{:04}", group(power)));
    }
    if scale > 0 {
        let powers = (1..).take(scale.div_ceil(4));
        let fraction: String = powers
            .map(|power: i32| format!("{:04}", group(-power)))
            .collect();
        text.push('.');
        text.extend(fraction.chars().take(scale));
    }
    text
}
