package io.deepincubation.core.tracking;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's events: TFRecords of {@code tensorflow.Event} messages, in the wire
 * format of protocol buffers.
 *
 * <p>A record is its length (8 bytes, least significant first), the masked CRC-32C of those bytes,
 * the message, and the masked CRC-32C of the message (<a
 * href="https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details">TFRecord
 * </a>).
 */
final class EventFile {

  private static final String VERSION = "brain.Event:2";
  private static final int CRC_MASK = 0xa282ead8;
  private static final int CRC_ROTATION = 15;

  // Fields of tensorflow.Event, SessionLog, Summary and Summary.Value, by their numbers.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int STATUS = 1;
  private static final int START = 1;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  // Wire types of protocol buffers.
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private EventFile() {}

  /** Points of a stage that others came before, in other files. */
  static byte[] of(List<Point> points) {
    return file(points, /* whole= */ false);
  }

  /** All points of a stage; what TensorBoard may have read of it before it forgets. */
  static byte[] whole(List<Point> points) {
    return file(points, /* whole= */ true);
  }

  private static byte[] file(List<Point> points, boolean whole) {
    double begun = points.isEmpty() ? 0 : seconds(points.get(0));
    var file = new EventFile();
    file.record(new Message().number(WALL_TIME, begun).text(FILE_VERSION, VERSION));
    if (whole) {
      Message start = new Message().count(STATUS, START);
      file.record(new Message().number(WALL_TIME, begun).message(SESSION_LOG, start));
    }
    points.forEach(point -> file.record(event(point)));
    return file.bytes.toByteArray();
  }

  private static double seconds(Point point) {
    return point.time().toEpochMilli() / 1000.0;
  }

  private static Message event(Point point) {
    var summary = new Message();
    for (Map.Entry<String, Double> value : point.values().entrySet()) {
      summary.message(
          VALUE,
          new Message()
              .text(TAG, value.getKey())
              .single(SIMPLE_VALUE, value.getValue().floatValue()));
    }
    return new Message()
        .number(WALL_TIME, seconds(point))
        .count(STEP, point.step())
        .message(SUMMARY, summary);
  }

  private void record(Message message) {
    byte[] content = message.bytes.toByteArray();
    byte[] length = little(Long.BYTES).putLong(content.length).array();
    for (byte[] part : List.of(length, masked(length), content, masked(content))) {
      bytes.writeBytes(part);
    }
  }

  private static byte[] masked(byte[] content) {
    var crc = new CRC32C();
    crc.update(content);
    int rotated = Integer.rotateRight((int) crc.getValue(), CRC_ROTATION);
    return little(Integer.BYTES).putInt(rotated + CRC_MASK).array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A message of protocol buffers, field by field. */
  private static final class Message {

    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, double value) {
      key(field, EIGHT_BYTES);
      bytes.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message single(int field, float value) {
      key(field, FOUR_BYTES);
      bytes.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message count(int field, long value) {
      key(field, VARINT);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    private Message bytes(int field, byte[] value) {
      key(field, BYTES);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    private void key(int field, int wireType) {
      varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
      long left = value;
      while ((left & ~SEVEN_BITS) != 0) {
        bytes.write((int) (left & SEVEN_BITS) | MORE);
        left >>>= Byte.SIZE - 1;
      }
      bytes.write((int) left);
    }
  }
}
