package io.deepincubation.core.storage;

import java.util.Arrays;

/** Names of files that another file tells: they lead nowhere but into its folder. */
public final class FileName {

  private FileName() {}

  /**
   * Whether a name is of a file in the folder or below it: relative, without {@code .}, {@code ..},
   * empty parts and control characters.
   *
   * @param name parts with {@code /} between them
   */
  public static boolean isBelow(String name) {
    return name.chars().noneMatch(Character::isISOControl)
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /**
   * Whether a name is of a file in the folder itself.
   *
   * @param name without {@code /}
   */
  public static boolean isBeside(String name) {
    return isBelow(name) && !name.contains("/");
  }
}
