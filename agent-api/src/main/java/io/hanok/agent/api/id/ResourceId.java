package io.hanok.agent.api.id;

/** An id of one kind of resource; {@code toString} and the JSON form are the id's text. */
public interface ResourceId {
  /** The id's text, such as {@code i-0123456789abcdef0}. */
  String value();

  /** The kind that the id belongs to. */
  IdKind kind();
}
