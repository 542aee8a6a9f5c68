package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What the control plane wants of one thing on one host.
 *
 * @param kind what it is
 * @param key its resource id
 * @param generation moves up whenever the content changes; an agent refuses an older one, and the
 *     same one with other content
 * @param spec what should exist, or null: ensure that it is absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DesiredDocument(DocumentKind kind, String key, long generation, DocumentSpec spec) {
  public DesiredDocument {
    if (kind == null || key == null || key.isBlank() || generation < 1) {
      throw new IllegalArgumentException("a document needs a kind, a key and a generation from 1");
    }
    if (spec != null && !kind.specType().isInstance(spec)) {
      throw new IllegalArgumentException("a " + kind.text() + " is not described by " + spec);
    }
  }

  /** Whether the thing should exist. */
  @com.fasterxml.jackson.annotation.JsonIgnore
  public boolean present() {
    return spec != null;
  }
}
