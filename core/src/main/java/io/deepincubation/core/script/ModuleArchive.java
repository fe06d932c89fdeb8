package io.deepincubation.core.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive of a whole network: parts that are computed one after the other, each with
 * its program and its tensors. {@code torch.jit.load} of Python, libtorch and DJL open it by
 * themselves; its method {@code forward} takes and gives one tensor.
 *
 * <p>A part's program has a method {@code evaluate}, as {@link ScriptBlock} calls it.
 */
public final class ModuleArchive {

  /**
   * A part of the network.
   *
   * @param methods the source of its program
   * @param keepsBranches whether {@code evaluate} takes the kept branches' scales as its second
   *     argument
   * @param tensors in the order of the program's list
   */
  public record Part(String methods, boolean keepsBranches, List<NamedTensor> tensors) {

    /** Copies. */
    public Part {
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * A tensor.
   *
   * @param name unique in its part; dots become underscores
   * @param buffer whether it is no parameter
   * @param shape its dimensions
   * @param values row-major
   */
  public record NamedTensor(String name, boolean buffer, List<Long> shape, float[] values) {

    /** Copies the shape. */
    public NamedTensor {
      shape = List.copyOf(shape);
    }

    String attribute() {
      return name.replaceAll("[^A-Za-z0-9_]", "_");
    }
  }

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
  private static final int CHUNK_VALUES = 1 << 18;

  private final List<Part> parts;
  private final Map<String, String> extraFiles;

  /**
   * An archive.
   *
   * @param parts from input to output
   * @param extraFiles texts by name, which {@code torch.jit.load} gives as {@code _extra_files}
   */
  public ModuleArchive(List<Part> parts, Map<String, String> extraFiles) {
    this.parts = List.copyOf(parts);
    this.extraFiles = Map.copyOf(extraFiles);
  }

  /**
   * Writes the archive.
   *
   * @param stream stays open
   */
  public void writeTo(OutputStream stream) throws IOException {
    var zip = new ZipOutputStream(stream);
    store(zip, "model/data.pkl", pickled());
    store(zip, "model/code/__torch__.py", utf8(source()));
    store(zip, "model/constants.pkl", EMPTY_TUPLE);
    for (Map.Entry<String, String> extra : extraFiles.entrySet()) {
      store(zip, "model/extra/" + extra.getKey(), utf8(extra.getValue()));
    }
    int key = 0;
    for (Part part : parts) {
      for (NamedTensor tensor : part.tensors()) {
        store(zip, "model/data/" + key++, tensor.values());
      }
    }
    store(zip, "model/version", utf8("3\n"));
    zip.finish();
  }

  private String source() {
    var source = new StringBuilder();
    var network = new StringBuilder("class Network(Module):\n");
    network.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
    var body = new StringBuilder("  def forward(self, x: Tensor) -> Tensor:\n");
    for (int i = 0; i < parts.size(); i++) {
      source.append(source(i, parts.get(i)));
      network.append(String.format(Locale.ROOT, "  module_%d : __torch__.Part%d\n", i, i));
      body.append(String.format(Locale.ROOT, "    x = (self.module_%d).run(x)\n", i));
    }
    return source.append(network).append(body).append("    return x\n").toString();
  }

  private static String source(int index, Part part) {
    var header = new StringBuilder(String.format(Locale.ROOT, "class Part%d(Module):\n", index));
    header.append("  __parameters__ = [").append(names(part, /* buffers= */ false)).append("]\n");
    header.append("  __buffers__ = [").append(names(part, /* buffers= */ true)).append("]\n");
    header.append("  training : bool\n");
    var list = new ArrayList<String>();
    for (NamedTensor tensor : part.tensors()) {
      header.append("  ").append(tensor.attribute()).append(" : Tensor\n");
      list.add("self." + tensor.attribute());
    }
    String arguments = part.keepsBranches() ? "x, torch.zeros([0, 0]), p" : "x, p";
    String run =
        String.format(
            Locale.ROOT,
            "def run(self, x: Tensor) -> Tensor:\n  p = [%s]\n  return self.evaluate(%s)\n",
            String.join(", ", list),
            arguments);
    return header + (part.methods() + "\n" + run).indent(2);
  }

  private static String names(Part part, boolean buffers) {
    var names = new StringBuilder();
    for (NamedTensor tensor : part.tensors()) {
      if (tensor.buffer() == buffers) {
        names.append('"').append(tensor.attribute()).append("\", ");
      }
    }
    return names.toString();
  }

  /** The network's object, protocol 2: its parts with their tensors, which lie in files. */
  private byte[] pickled() {
    var pickle = new Pickle();
    pickle.begin("__torch__", "Network");
    pickle.key("training").no();
    int storage = 0;
    for (int i = 0; i < parts.size(); i++) {
      pickle.key("module_" + i).object("__torch__", "Part" + i);
      pickle.key("training").no();
      for (NamedTensor tensor : parts.get(i).tensors()) {
        pickle.key(tensor.attribute()).tensor(storage++, tensor);
      }
      pickle.endObject();
    }
    pickle.endObject();
    return pickle.end();
  }

  /** Pickle, protocol 2, of what torch's unpickler understands. */
  private static final class Pickle {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void begin(String module, String name) {
      bytes.writeBytes(new byte[] {(byte) 0x80, 2});
      object(module, name);
    }

    /** An instance whose attributes follow. */
    void object(String module, String name) {
      global(module, name);
      bytes.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
    }

    void endObject() {
      bytes.writeBytes(new byte[] {'u', 'b'});
    }

    byte[] end() {
      bytes.write('.');
      return bytes.toByteArray();
    }

    Pickle key(String text) {
      byte[] utf8 = utf8(text);
      bytes.write('X');
      number(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }

    void no() {
      bytes.write((byte) 0x89);
    }

    void tensor(int storage, NamedTensor tensor) {
      global("torch._utils", "_rebuild_tensor_v2");
      bytes.write('(');
      bytes.write('(');
      key("storage");
      global("torch", "FloatStorage");
      key(Integer.toString(storage)).key("cpu");
      whole(tensor.values().length);
      bytes.writeBytes(new byte[] {'t', 'Q'});
      whole(0);
      tuple(tensor.shape());
      tuple(strides(tensor.shape()));
      no();
      global("collections", "OrderedDict");
      bytes.writeBytes(new byte[] {')', 'R', 't', 'R'});
    }

    private void tuple(List<Long> numbers) {
      bytes.write('(');
      numbers.forEach(each -> whole(Math.toIntExact(each)));
      bytes.write('t');
    }

    private void whole(int value) {
      bytes.write('J');
      number(value);
    }

    private void number(int value) {
      bytes.writeBytes(
          ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private void global(String module, String name) {
      bytes.writeBytes(utf8("c" + module + "\n" + name + "\n"));
    }

    private static List<Long> strides(List<Long> shape) {
      var strides = new ArrayList<Long>();
      long stride = 1;
      for (int i = shape.size() - 1; i >= 0; i--) {
        strides.add(0, stride);
        stride *= shape.get(i);
      }
      return strides;
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var checksum = new CRC32();
    checksum.update(content);
    enter(zip, name, content.length, checksum.getValue());
    zip.write(content);
    zip.closeEntry();
  }

  private static void store(ZipOutputStream zip, String name, float[] values) throws IOException {
    var checksum = new CRC32();
    eachChunk(values, checksum::update);
    enter(zip, name, (long) values.length * Float.BYTES, checksum.getValue());
    eachChunk(values, zip::write);
    zip.closeEntry();
  }

  @FunctionalInterface
  private interface ChunkSink {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  private static void eachChunk(float[] values, ChunkSink sink) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK_VALUES, values.length) * Float.BYTES];
    for (int done = 0; done < values.length; done += CHUNK_VALUES) {
      int count = Math.min(CHUNK_VALUES, values.length - done);
      ByteBuffer.wrap(chunk)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(values, done, count);
      sink.take(chunk, 0, count * Float.BYTES);
    }
  }

  private static void enter(ZipOutputStream zip, String name, long size, long crc)
      throws IOException {
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCrc(crc);
    entry.setTime(0);
    zip.putNextEntry(entry);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
