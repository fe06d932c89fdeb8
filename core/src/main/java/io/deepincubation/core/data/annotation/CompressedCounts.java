package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Arrays;
import java.util.Locale;

/**
 * COCO's text of run lengths: from the fourth count on the difference to the count two before, in
 * groups of five bits, the low ones first; 0x20 says that more follow, 0x10 of the last is the
 * sign, and 48 makes a printable character of each.
 */
final class CompressedCounts {

  private static final int BITS = 5;
  private static final int GROUP = 0x1F;
  private static final int SIGN = 0x10;
  private static final int MORE = 0x20;
  private static final int FIRST_CHARACTER = 48;
  private static final int LARGEST_CHARACTER = FIRST_CHARACTER + MORE + GROUP;
  private static final int GROUPS = 7;

  private CompressedCounts() {}

  static String write(int[] counts) {
    var text = new StringBuilder(2 * counts.length);
    for (int i = 0; i < counts.length; i++) {
      write(i > 2 ? counts[i] - counts[i - 2] : counts[i], text);
    }
    return text.toString();
  }

  private static void write(int value, StringBuilder text) {
    int rest = value;
    boolean more = true;
    while (more) {
      int group = rest & GROUP;
      rest >>= BITS;
      more = (group & SIGN) != 0 ? rest != -1 : rest != 0;
      text.append((char) ((more ? group | MORE : group) + FIRST_CHARACTER));
    }
  }

  /** Counts that may be below 0 or too many: the text says what it says. */
  static int[] read(String text) {
    int[] counts = new int[text.length()];
    int size = 0;
    int at = 0;
    while (at < text.length()) {
      int end = endOfNumber(text, at);
      long before = size > 2 ? counts[size - 2] : 0;
      long count = before + number(text, at, end);
      if (count < 0 || count > Integer.MAX_VALUE) {
        throw unfit("counts from 0 to 2^31 - 1", count + " at character " + at);
      }
      counts[size++] = (int) count;
      at = end;
    }
    return Arrays.copyOf(counts, size);
  }

  private static int endOfNumber(String text, int start) {
    for (int i = start; i < text.length() && i < start + GROUPS; i++) {
      char character = text.charAt(i);
      if (character < FIRST_CHARACTER || character > LARGEST_CHARACTER) {
        throw unfit("characters from 0 to o", "character " + (int) character + " at " + i);
      }
      if (((character - FIRST_CHARACTER) & MORE) == 0) {
        return i + 1;
      }
    }
    throw unfit("numbers of at most 7 characters, the last without a mark", "none at " + start);
  }

  private static long number(String text, int start, int end) {
    long value = 0;
    for (int i = start; i < end; i++) {
      value |= (long) ((text.charAt(i) - FIRST_CHARACTER) & GROUP) << (BITS * (i - start));
    }
    boolean negative = ((text.charAt(end - 1) - FIRST_CHARACTER) & SIGN) != 0;
    return negative ? value | -1L << (BITS * (end - start)) : value;
  }

  private static UnfitDataException unfit(String expected, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT, "Cannot read compressed run lengths: expected %s, got %s", expected, got));
  }
}
