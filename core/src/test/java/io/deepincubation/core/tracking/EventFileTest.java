package io.deepincubation.core.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.tracking.Point.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** TensorBoard itself reads them in {@code TrackersTest}. */
class EventFileTest {

  private static final Point POINT =
      new Point(Kind.TRAINED, 300, Instant.ofEpochMilli(1_500), Map.of("loss", 0.5));

  @Test
  void beginsAsEveryFileOfTensorBoard() {
    byte[] file = EventFile.of(List.of(POINT));

    assertThat(HexFormat.of().formatHex(file, 0, 13))
        .as("24 bytes, their checksum, the field wall_time")
        .isEqualTo("1800000000000000" + "a37f4b22" + "09");
    assertThat(new String(file, 21, 15, java.nio.charset.StandardCharsets.US_ASCII))
        .endsWith("brain.Event:2");
  }

  @Test
  void tellsTimeStepTagAndValue() {
    byte[] file = EventFile.of(List.of(POINT));
    ByteBuffer record = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(40);

    int length = (int) record.getLong();
    record.getInt();
    byte[] event = new byte[length];
    record.get(event);

    assertThat(HexFormat.of().formatHex(event))
        .isEqualTo(
            "09"
                + "000000000000f83f" // wall_time: 1.5
                + "10"
                + "ac02" // step: 300
                + "2a"
                + "0d" // summary
                + "0a"
                + "0b" // value
                + "0a"
                + "04"
                + "6c6f7373" // tag: loss
                + "15"
                + "0000003f"); // simple_value: 0.5
    assertThat(record.remaining()).as("its checksum alone").isEqualTo(4);
  }

  @Test
  void aWholeCurveStartsASession() {
    byte[] part = EventFile.of(List.of(POINT));
    byte[] whole = EventFile.whole(List.of(POINT));

    assertThat(HexFormat.of().formatHex(whole))
        .as("session_log: START")
        .contains("3a020801")
        .endsWith(HexFormat.of().formatHex(part).substring(80));
  }
}
