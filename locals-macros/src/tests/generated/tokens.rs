//! Token trees compared, taken apart and damaged.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ItemFn, LitStr};

/// The tokens one by one: comparable however they were spaced.
pub(super) fn tokens(source: impl ToTokens) -> Vec<String> {
    fn add(stream: TokenStream, all: &mut Vec<String>) {
        for tree in stream {
            let TokenTree::Group(group) = tree else {
                all.push(tree.to_string());
                continue;
            };
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            all.push(open.to_owned());
            add(group.stream(), all);
            all.push(close.to_owned());
        }
    }
    let mut all = Vec::new();
    add(source.into_token_stream(), &mut all);
    all
}

/// How often these tokens follow each other.
pub(super) fn count(all: &[String], wanted: impl ToTokens) -> usize {
    let wanted = tokens(wanted);
    all.windows(wanted.len())
        .filter(|window| *window == wanted)
        .count()
}

/// The messages of every `compile_error! { ".." }`.
pub(super) fn errors(tokens: &[String]) -> Vec<String> {
    tokens
        .windows(4)
        .filter(|window| window[..3] == ["compile_error", "!", "{"])
        .map(|window| syn::parse_str::<LitStr>(&window[3]).expect("a message"))
        .map(|message| message.value())
        .collect()
}

/// The braces at the end of a function.
pub(super) fn body(item: &TokenStream) -> Option<Group> {
    match item.clone().into_iter().last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// The function with its body emptied, if this is one.
pub(super) fn function(item: &TokenStream) -> Option<ItemFn> {
    body(item)?;
    let mut trees: Vec<_> = item.clone().into_iter().collect();
    trees.pop();
    trees.push(braced(TokenStream::new()).into());
    syn::parse2(trees.into_iter().collect()).ok()
}

fn braced(stream: TokenStream) -> Group {
    Group::new(Delimiter::Brace, stream)
}

// Input:  { #![allow(unused)] BODY }
// Output: #![allow(unused)] and { BODY }
pub(super) fn split_inner_attributes(body: &Group) -> (TokenStream, Group) {
    let trees: Vec<_> = body.stream().into_iter().collect();
    let is_attribute = |trees: &&[TokenTree]| {
        let [
            TokenTree::Punct(hash),
            TokenTree::Punct(bang),
            TokenTree::Group(content),
        ] = trees
        else {
            return false;
        };
        (hash.as_char(), bang.as_char()) == ('#', '!') && !content.stream().is_empty()
    };
    let inner = 3 * trees.chunks(3).take_while(is_attribute).count();
    let mut trees = trees.into_iter();
    let inner = trees.by_ref().take(inner).collect();
    (inner, braced(trees.collect()))
}

/// With every occurrence of the body emptied, and how many there were.
pub(super) fn without(body: &[String], stream: TokenStream) -> (TokenStream, usize) {
    let mut found = 0;
    let emptied = stream.into_iter().map(|tree| match tree {
        TokenTree::Group(group)
            if group.delimiter() == Delimiter::Brace && tokens(&group) == body =>
        {
            found += 1;
            braced(TokenStream::new()).into()
        }
        TokenTree::Group(group) => {
            let (stream, inside) = without(body, group.stream());
            found += inside;
            Group::new(group.delimiter(), stream).into()
        }
        other => other,
    });
    (emptied.collect(), found)
}

/// How many token trees there are, at every depth.
pub(super) fn trees(stream: &TokenStream) -> usize {
    let count = |tree| match tree {
        TokenTree::Group(group) => 1 + trees(&group.stream()),
        _ => 1,
    };
    stream.clone().into_iter().map(count).sum()
}

/// Without the tree at this place or, of a group, only without its delimiters.
pub(super) fn without_tree(stream: TokenStream, place: &mut usize, keep: bool) -> TokenStream {
    let mut kept = Vec::new();
    for tree in stream {
        let is_it = *place == 0;
        *place = place.wrapping_sub(1);
        match tree {
            TokenTree::Group(group) if is_it && keep => kept.extend(group.stream()),
            _ if is_it => {}
            TokenTree::Group(group) => {
                let content = without_tree(group.stream(), place, keep);
                kept.push(Group::new(group.delimiter(), content).into());
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}
