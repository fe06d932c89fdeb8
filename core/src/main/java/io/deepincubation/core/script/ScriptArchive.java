package io.deepincubation.core.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The bytes of a TorchScript archive that holds one class with methods and no attributes.
 *
 * <p>Such an archive is a zip of stored entries: the pickled object, the source of its class, an
 * empty table of constants and the format version. {@code torch.jit.load} of Python reads the same
 * bytes.
 */
final class ScriptArchive {

  private static final String CLASS_HEADER =
      """
      class Program(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /** Pickle, protocol 2: an instance of {@code __torch__.Program} whose training flag is true. */
  private static final byte[] PICKLED_PROGRAM = pickledProgram();

  /** Pickle, protocol 2: the empty tuple. */
  private static final byte[] PICKLED_EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private ScriptArchive() {}

  /**
   * Wraps methods into an archive.
   *
   * @param methods the source of the methods, not indented
   */
  static byte[] of(String methods) {
    String source = CLASS_HEADER + methods.indent(2);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      store(zip, "program/data.pkl", PICKLED_PROGRAM);
      store(zip, "program/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "program/constants.pkl", PICKLED_EMPTY_TUPLE);
      store(zip, "program/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a TorchScript archive in memory", e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var checksum = new CRC32();
    checksum.update(content);
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] pickledProgram() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0x80, 2});
    bytes.writeBytes("c__torch__\nProgram\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
    bytes.writeBytes(new byte[] {'X', 8, 0, 0, 0});
    bytes.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {(byte) 0x88, 'u', 'b', '.'});
    return bytes.toByteArray();
  }
}
