//! The page of a rule.

use crate::Rule;

impl Rule {
    /// The rule's whole page, in Markdown: what all rules show of themselves, then what it says of
    /// itself.
    #[must_use]
    pub fn page(&self) -> String {
        let Self {
            id,
            levels,
            summary,
            documentation,
            ..
        } = self;
        let fix = self.fix.unwrap_or("none");
        // An editor on Windows may have saved the source with other newlines.
        let documentation = documentation.replace("\r\n", "\n");
        let documentation = documentation.trim();
        format!(
            "# {id}\n\n**Level:** {levels}\n\n**Fix:** {fix}\n\n{summary}.\n\n{documentation}\n\n{}",
            how_to_suppress(id.0)
        )
    }
}

fn how_to_suppress(id: &str) -> String {
    format!(
        r#"## How to suppress

A comment silences the line below it. Put it directly above the line that is reported:

```bicep
#disable-next-line {id}
```

```json
// #disable-next-line {id}
```

`#disable-diagnostics {id}` silences what follows, up to `#restore-diagnostics {id}` or the end of the
file. One comment may name several rules, with blanks between them.

In ARM JSON, the metadata of a resource, or of any other object, silences what is reported in it; that
of the template, all of the file:

```json
"metadata": {{ "apim-ls": {{ "disable": ["{id}"] }} }}
```

The nearest `bicepconfig.json`, from the folder of a file upward, gives the rule another level in all files
that it is for: `off`, `info`, `warning` or `error`.

```json
{{ "analyzers": {{ "apim": {{ "rules": {{ "{id}": {{ "level": "off" }} }} }} }} }}
```
"#
    )
}
