//! Handlers put together from fragments, and the same handlers with tokens missing: the attribute
//! answers with a function, or with errors and the function.
//!
//! All combinations would be billions of handlers. Instead every two fragments of different parts
//! meet in at least one, whose other parts are drawn. Every failure names the seed of the draw;
//! `SEED=7 cargo test -p locals-macros generated` draws others.

mod fragments;
mod parameters;
mod random;
mod tokens;
mod transformed;

use crate::annotate;
use fragments::{Fragment, PARTS};
use parameters::{is_binding, typed_parameters};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use random::{Random, seed};
use std::{
    collections::HashSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};
use syn::{ItemFn, ReturnType, Type};
use tokens::{
    body, count, errors, function, split_inner_attributes, tokens, trees, without, without_tree,
};
use transformed::Transformed;

type Parts = [Vec<&'static Fragment>; PARTS.len()];
type Chosen = [&'static Fragment; PARTS.len()];

fn parts(admitted: fn(&Fragment) -> bool) -> Parts {
    PARTS.map(|part| part.iter().filter(|fragment| admitted(fragment)).collect())
}

fn draw(random: &mut Random, parts: &Parts) -> Chosen {
    parts.each_ref().map(|part| part[random.below(part.len())])
}

/// Every two parts.
fn pairs() -> impl Iterator<Item = [usize; 2]> {
    let end = PARTS.len();
    (0..end).flat_map(move |one| (one + 1..end).map(move |other| [one, other]))
}

/// Options, and the item that they annotate.
struct Case {
    seed: u64,
    options: TokenStream,
    item: TokenStream,
}

impl Case {
    fn of(seed: u64, chosen: Chosen) -> Self {
        let [
            options,
            parameters,
            body,
            qualifiers,
            output,
            receiver,
            rest @ ..,
        ] = chosen.map(|fragment| fragment.source);
        let [attributes, visibility, name, generics, bounds] = rest;
        let item = format!(
            "{attributes} {visibility} {qualifiers} fn {name}{generics}({receiver} {parameters}) \
             {output} {bounds} {body}"
        );
        Self {
            seed,
            options: options.parse().expect("tokens"),
            item: item.parse().expect("tokens"),
        }
    }

    fn expand(&self) -> TokenStream {
        let expand = AssertUnwindSafe(|| annotate(self.options.clone(), self.item.clone()));
        catch_unwind(expand).unwrap_or_else(|_| panic!("{self}\npanics"))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            options,
            item,
        } = self;
        write!(f, "seed {seed}: #[with_locals({options})] {item}")
    }
}

#[test]
fn every_two_fragments_of_a_handler_go_together_or_say_why_not() {
    meet_in_pairs(Fragment::is_right);
    meet_in_pairs(|_| true);
}

fn meet_in_pairs(admitted: fn(&Fragment) -> bool) {
    let seed = seed();
    let mut random = Random(seed);
    let parts = parts(admitted);
    let mut met = HashSet::new();
    for [one, other] in pairs() {
        for first in &parts[one] {
            for second in &parts[other] {
                if met.contains(&[*first, *second].map(ptr::from_ref)) {
                    continue;
                }
                let mut chosen = draw(&mut random, &parts);
                (chosen[one], chosen[other]) = (first, second);
                met.extend(pairs().map(|pair| pair.map(|part| ptr::from_ref(chosen[part]))));
                check(&Case::of(seed, chosen), chosen);
            }
        }
    }
}

fn check(case: &Case, chosen: Chosen) {
    let output = case.expand();
    let context = format_args!("{case}\nbecomes {output}");
    let input = function(&case.item).unwrap_or_else(|| panic!("{context}\nwas no function"));
    let (inner, body) = split_inner_attributes(&body(&case.item).expect("a body"));
    let (emptied, bodies) = without(&tokens(body), output.clone());
    assert_eq!(bodies, 1, "{context}");
    let function: ItemFn = syn::parse2(emptied)
        .unwrap_or_else(|error| panic!("{context}\nis not a function: {error}"));
    assert_eq!(function.sig.ident, input.sig.ident, "{context}");
    assert!(function.sig.asyncness.is_some(), "{context}");

    let binding = Binding::of(chosen, &input);
    let declared = usize::from(!binding.is_taken);
    let pattern = &binding.pattern;
    let written = tokens(&output);
    let declarations = count(&written, quote!(let #pattern: &));
    assert_eq!(declarations, declared, "{context}");

    let mistakes = mistakes(chosen, &binding, &input);
    let errors = errors(&written);
    assert_eq!(errors.len(), mistakes.len(), "{mistakes:?}\n{context}");
    for mistake in &mistakes {
        let is_said = errors.iter().any(|error| error.contains(mistake));
        assert!(is_said, "{mistake}\n{context}");
    }
    if mistakes.is_empty() {
        let transformed = Transformed {
            input: &input,
            output: &function,
            context,
        };
        transformed.check(&inner, chosen[0].names.contains(&"http"));
    }
}

/// The binding that the body sees.
struct Binding {
    pattern: TokenStream,
    is_declared: bool,
    /// Whether a parameter binds the name of the generated one.
    is_taken: bool,
}

impl Binding {
    fn of([options, parameters, ..]: Chosen, input: &ItemFn) -> Self {
        if let Some(parameter) = typed_parameters(input).find(|parameter| is_binding(parameter)) {
            return Self {
                pattern: parameter.pat.to_token_stream(),
                is_declared: true,
                is_taken: false,
            };
        }
        let is_named = options.names.contains(&"name");
        let name = if is_named { "ctx" } else { "locals" };
        Self {
            pattern: name.parse().expect("a token"),
            is_declared: false,
            is_taken: parameters.names.contains(&name),
        }
    }
}

/// What the errors have to say.
fn mistakes(chosen: Chosen, binding: &Binding, input: &ItemFn) -> Vec<String> {
    let own = chosen.iter().flat_map(|fragment| fragment.mistakes);
    let mut mistakes: Vec<_> = own.map(|&mistake| mistake.to_owned()).collect();
    let sets = |option: &str| chosen[0].names.contains(&option);
    if !sets("http") && !sets("http twice") {
        let traced = chosen.iter().flat_map(|fragment| fragment.names);
        let traced = traced.filter(|name| ["err", "ret"].contains(name));
        mistakes.extend(traced.map(|name| format!("`{name}` is about what the body returns")));
    }
    if sets("http") {
        if typed_parameters(input).all(is_binding) {
            mistakes.push("the request is missing".to_owned());
        }
        let answers = match &input.sig.output {
            ReturnType::Default => false,
            ReturnType::Type(_, ty) => !matches!(**ty, Type::Never(_)),
        };
        if !answers {
            mistakes.push("plain `http` requests returns an `http::Response<B>`".to_owned());
        }
    }
    if binding.is_declared {
        let keys = ["user", "eager", "required", "name"].into_iter();
        let beside = |key: &str| format!("`{key}` beside a declared binding");
        mistakes.extend(keys.filter(|key| sets(key)).map(beside));
        return mistakes;
    }
    if binding.is_taken {
        let name = &binding.pattern;
        mistakes.push(format!("the name `{name}` is taken by the attribute"));
    }
    if sets("redirect") && !sets("required") {
        mistakes.push("`redirect` is for handlers that need a session".to_owned());
    }
    mistakes
}

#[test]
fn with_tokens_missing_there_is_a_function_or_an_error_and_the_function() {
    let seed = seed();
    let mut random = Random(seed);
    let of_any = [parts(Fragment::is_right), parts(|_| true)];
    for number in 0..500 {
        let mut case = Case::of(seed, draw(&mut random, &of_any[number % 2]));
        for _ in 0..=random.below(3) {
            let place = match random.below(4) {
                0 => &mut case.options,
                _ => &mut case.item,
            };
            let all = trees(place);
            if all > 0 {
                let keep_content = random.below(2) == 0;
                *place = without_tree(place.clone(), &mut random.below(all), keep_content);
            }
        }
        check_damaged(&case);
    }
}

fn check_damaged(case: &Case) {
    let output = case.expand();
    let context = format_args!("{case}\nbecomes {output}");
    let written = tokens(&output);
    let errors = errors(&written);
    assert!(errors.iter().all(|error| !error.is_empty()), "{context}");
    let (Some(input), Some(body)) = (function(&case.item), body(&case.item)) else {
        assert!(!errors.is_empty(), "{context}");
        assert!(written.ends_with(&tokens(&case.item)), "{context}");
        return;
    };
    // Its inner attributes, unless they are damaged, stand before it.
    let mut bodies = [split_inner_attributes(&body).1, body].map(tokens).to_vec();
    bodies.dedup();
    let emptied = |stream: TokenStream| {
        bodies.iter().fold((stream, 0), |(stream, all), body| {
            let (stream, found) = without(body, stream);
            (stream, all + found)
        })
    };
    let (emptied, found) = (emptied(output.clone()), emptied(case.item.clone()).1);
    assert_eq!(emptied.1, found, "{context}");
    let function: ItemFn = syn::parse2(emptied.0)
        .unwrap_or_else(|error| panic!("{context}\nis not a function: {error}"));
    assert_eq!(function.sig.ident, input.sig.ident, "{context}");
    if errors.is_empty() {
        let sig = &input.sig;
        assert!(sig.asyncness.is_some(), "{context}");
        assert!(sig.constness.is_none(), "{context}");
        assert!(sig.abi.is_none() && sig.variadic.is_none(), "{context}");
    }
}
