//! What one page tells the next.

use super::*;

#[test]
fn flashes_are_for_the_next_page_and_read_once() {
    let first = VisitorValues::default();
    first.flash(flash("one"));
    assert!(first.flashes().is_empty(), "it is for the next page");
    first.flash(flash("two"));
    let second = next(&first);
    second.flash(flash("three"));
    assert_eq!(texts(second.flashes()), ["one", "two"]);
    assert_eq!(texts(second.flashes()), [""; 0]);
    let third = next(&second);
    assert_eq!(texts(third.flashes()), ["three"]);
    assert_eq!(told(&third), ["__Host-session~flash=-"]);
}

#[test]
fn unread_flashes_gather() {
    let first = VisitorValues::default();
    first.flash(flash("one"));
    let second = next(&first);
    second.flash(flash("two"));
    assert_eq!(texts(next(&second).flashes()), ["one", "two"]);
}

#[test]
fn the_oldest_flashes_make_room() {
    let mut values = VisitorValues::default();
    for n in 0..5 {
        values.flash(flash(&format!("{n}{}", taking(1024))));
        values = next(&values);
    }
    let kept = texts(values.flashes());
    let first: Vec<_> = kept.iter().map(|text| &text[..1]).collect();
    assert_eq!(first, ["3", "4"]);
}

#[test]
fn a_flash_that_does_not_fit_is_dropped_and_the_others_stay() {
    let values = VisitorValues::default();
    values.flash(flash("small"));
    values.flash(flash(&taking(LIMIT)));
    assert_eq!(texts(next(&values).flashes()), ["small"]);
}

/// Those too that came with the request and that nobody touched.
#[test]
fn flashes_make_room_for_values() {
    let first = VisitorValues::default();
    for n in 0..2 {
        first.flash(flash(&format!("{n}{}", taking(1024))));
    }
    let second = next(&first);
    second.put("a", &taking(1024)).unwrap();
    let kept = texts(next(&second).flashes());
    assert_eq!(kept.len(), 1);
    assert!(kept[0].starts_with('1'), "the newest stays");
    second.put("b", &taking(2048)).unwrap();
    let removed = "__Host-session~flash=-".to_owned();
    assert_eq!(told(&second).last(), Some(&removed));
}
