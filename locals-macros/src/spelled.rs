//! Types quoted in messages, as somebody would spell them.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// `&'a dyn Page<Db, Id = u8>`, where the tokens alone would be `& 'a dyn Page < Db , Id = u8 >`.
pub(crate) fn spelled(ty: impl ToTokens) -> String {
    let mut text = String::new();
    write(ty.into_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut is_lifetime = false;
    for token in tokens {
        let after_lifetime = is_lifetime;
        is_lifetime = text.ends_with('\'');
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                // A tuple behind `mut`, but the arguments of `Fn`.
                if after_lifetime || text.ends_with("mut") || (open == "[" && ends_in_word(text)) {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.truncate(text.trim_end().len());
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                let is_single = punct.spacing() == Spacing::Alone;
                let space_before = match punct.as_char() {
                    '+' | '=' | '-' => !text.ends_with(' '),
                    '&' | '*' | '\'' => ends_in_word(text),
                    _ => false,
                };
                let space_after = match punct.as_char() {
                    ',' | ';' | '+' | '=' => true,
                    ':' => is_single && !text.ends_with(':'),
                    '>' => text.ends_with('-'),
                    _ => false,
                };
                text.extend(space_before.then_some(' '));
                text.push(punct.as_char());
                text.extend(space_after.then_some(' '));
            }
            word => {
                if ends_in_word(text) || text.ends_with('>') {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
            }
        }
    }
}

fn ends_in_word(text: &str) -> bool {
    text.ends_with(|end: char| end.is_alphanumeric() || end == '_')
}

#[cfg(test)]
mod tests {
    use super::spelled;
    use syn::Type;

    #[test]
    fn a_type_is_quoted_as_it_was_typed() {
        for spelling in [
            "web::Locals",
            "::web::Locals<'a, Account>",
            "&'a str",
            "&'static mut [u8; 3]",
            "&'a (A, B)",
            "&mut (A, B)",
            "&mut &T",
            "&(dyn Page + Send + 'a)",
            "dyn for<'b> Fn(&'b str, (A, B)) -> Result<(), !> + 'a",
            "dyn Page<Item = u8, N = 3>",
            "<T as Page<'a>>::Id",
            "*const [T]",
            "unsafe fn(id: u8) -> u8",
            "page!(x)",
            "[(); 1]",
            "impl Sized + use<'a, T>",
        ] {
            let ty: Type = syn::parse_str(spelling).expect("a type");
            assert_eq!(spelled(ty), spelling);
        }
    }
}
