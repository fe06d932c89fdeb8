package io.deepincubation.core.data.pixels;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The table of a loaded library (ELF, 64 bits) by which it calls its own functions that others may
 * call too: each has a place with its address.
 */
final class LibraryCalls {

  private static final int SECTIONS = 40;
  private static final int SECTION_BYTES = 64;
  private static final int SECTION_COUNT = 60;
  private static final int SECTION_KIND = 4;
  private static final int SECTION_START = 24;
  private static final int SECTION_LENGTH = 32;
  private static final int SECTION_LINK = 40;
  private static final int RELOCATIONS = 4;
  private static final int RELOCATION_BYTES = 24;
  private static final int JUMP_SLOT = 7;
  private static final int SYMBOL_BYTES = 24;
  private static final int SYMBOL_VALUE = 8;

  private final ByteBuffer file;
  private final NativeLibrary library;

  /**
   * Of a library.
   *
   * @param file that it was loaded from
   */
  LibraryCalls(Path file, NativeLibrary library) throws IOException {
    this.file = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    this.library = library;
  }

  /**
   * The place in memory of a function's address.
   *
   * @throws IOException if the library does not call it so
   */
  Pointer place(String function) throws IOException {
    for (int i = 0; i < file.getShort(SECTION_COUNT); i++) {
      int section = section(i);
      if (file.getInt(section + SECTION_KIND) == RELOCATIONS) {
        int start = (int) file.getLong(section + SECTION_START);
        int end = start + (int) file.getLong(section + SECTION_LENGTH);
        int symbols = section(file.getInt(section + SECTION_LINK));
        for (int at = start; at < end; at += RELOCATION_BYTES) {
          int symbol = symbol(symbols, file.getInt(at + 12));
          if (file.getInt(at + 8) == JUMP_SLOT && name(symbols, symbol).equals(function)) {
            return place(function, symbol, at);
          }
        }
      }
    }
    throw new FileNotFoundException("the library has no call of " + function);
  }

  private Pointer place(String function, int symbol, int relocation) {
    long loadedAt =
        Pointer.nativeValue(library.getGlobalVariableAddress(function))
            - file.getLong(symbol + SYMBOL_VALUE);
    return new Pointer(loadedAt + file.getLong(relocation));
  }

  private int section(int number) {
    return (int) file.getLong(SECTIONS) + number * SECTION_BYTES;
  }

  private int symbol(int symbols, int number) {
    return (int) file.getLong(symbols + SECTION_START) + number * SYMBOL_BYTES;
  }

  private String name(int symbols, int symbol) {
    int texts = section(file.getInt(symbols + SECTION_LINK));
    int start = (int) file.getLong(texts + SECTION_START) + file.getInt(symbol);
    int end = start;
    while (file.get(end) != 0) {
      end++;
    }
    return new String(file.array(), start, end - start, StandardCharsets.US_ASCII);
  }
}
