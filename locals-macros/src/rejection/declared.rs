//! What can be wrong with a binding that a parameter declares.

use crate::{
    args::{Args, Kind},
    binding::{declared_reference, impl_keyword, is_locals_attribute},
    diagnostics::{Mistakes, err},
    pattern::bound,
    spelled::spelled,
};
use syn::{Error, Meta, Pat, PatType, Type};

pub(super) fn reject_declared(
    binding: &PatType,
    arguments: &[&PatType],
    args: &Args,
    mistakes: &mut Mistakes,
) {
    if let Pat::Ident(declared) = &*binding.pat {
        for again in arguments
            .iter()
            .filter_map(|argument| bound(&argument.pat, &declared.ident))
        {
            mistakes.add(err!(
                again,
                "two parameters are called `{again}`: call this one otherwise"
            ));
        }
    }
    if let Some(mistake) = misdeclared(binding) {
        mistakes.add(mistake);
    }
    if let Some(keyword) = impl_keyword(binding) {
        mistakes.add(err!(
            &keyword,
            "the type of the locals is written in full: \
             `&Locals<Account, Required>`, without `impl`"
        ));
    }
    for (key, source) in [
        (args.user.as_ref().map(|user| &user.key), "user"),
        (args.kind.as_ref().map(Kind::key), "kind"),
        (args.name.as_ref().map(|name| &name.key), "name"),
    ] {
        if let Some(key) = key {
            mistakes.add(err!(
                key,
                "`{key}` beside a declared binding: its {source} comes from the parameter, \
                 so remove `{key}` here, or remove the parameter"
            ));
        }
    }
}

fn misdeclared(binding: &PatType) -> Option<Error> {
    let with_options = binding
        .attrs
        .iter()
        .find(|attr| is_locals_attribute(attr) && !matches!(attr.meta, Meta::Path(_)));
    if let Some(attr) = with_options {
        return Some(err!(
            attr,
            "`#[locals]` takes no options: they come from the parameter's type"
        ));
    }
    let Some(reference) = declared_reference(binding) else {
        return Some(by_value(&binding.ty));
    };
    if let Some(mutability) = &reference.mutability {
        return Some(err!(
            mutability,
            "take the locals by shared reference: `&Locals<..>`; \
             `set_session` and the others need no `mut`"
        ));
    }
    match &*binding.pat {
        Pat::Ident(_) | Pat::Wild(_) => None,
        other => Some(err!(
            other,
            "give the locals a plain name: `locals: &Locals<..>`"
        )),
    }
}

fn by_value(ty: &Type) -> Error {
    let spelling = spelled(ty);
    let spelling = match ty {
        Type::TraitObject(object) if object.bounds.len() > 1 => format!("({spelling})"),
        _ => spelling,
    };
    let hint = if spelling == "Locals" {
        "; an extractor of your own that is called so is known by its path, `i18n::Locals`, or by being \
         taken apart, `Locals(language): Locals`"
    } else {
        ""
    };
    err!(ty, "take the locals by reference: `&{spelling}`{hint}")
}
