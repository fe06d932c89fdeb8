package io.deepincubation.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuantitiesTest {

  private final Locale before = Locale.getDefault();

  @AfterEach
  void restoreLocale() {
    Locale.setDefault(before);
  }

  @Test
  void givesOperationsThreeDigits() {
    assertThat(Quantities.flops(0)).isEqualTo("0 FLOP");
    assertThat(Quantities.flops(38.23e9)).isEqualTo("38.2 GFLOP");
    assertThat(Quantities.flops(999.7e9)).isEqualTo("1.00 TFLOP");
    assertThat(Quantities.flops(1.5e15)).isEqualTo("1.50 PFLOP");
    assertThat(Quantities.flops(123e24)).isEqualTo("123 YFLOP");
  }

  @Test
  void countsBytesInPowersOfTwo() {
    assertThat(Quantities.bytes(0)).isEqualTo("0.0 MiB");
    assertThat(Quantities.bytes(1)).isEqualTo("1 KiB");
    assertThat(Quantities.bytes(50_000)).isEqualTo("49 KiB");
    assertThat(Quantities.bytes(684L << 20)).isEqualTo("684.0 MiB");
    assertThat(Quantities.bytes(3L << 29)).isEqualTo("1.5 GiB");
  }

  @Test
  void tellsTimesInTwoUnitsAtMost() {
    assertThat(Quantities.duration(2)).isEqualTo("2.0 s");
    assertThat(Quantities.duration(59.97)).isEqualTo("1 min 00 s");
    assertThat(Quantities.duration(512)).isEqualTo("8 min 32 s");
    assertThat(Quantities.duration(3900)).isEqualTo("1 h 05 min");
  }

  @Test
  void showsTimesThatGoByAsAClock() {
    assertThat(Quantities.clock(7)).isEqualTo("0:07");
    assertThat(Quantities.clock(512)).isEqualTo("8:32");
    assertThat(Quantities.clock(3900)).isEqualTo("1:05:00");
  }

  @Test
  void readsTheSameInEveryCountry() {
    Locale.setDefault(Locale.GERMANY);
    assertThat(Quantities.percent(0.369)).isEqualTo("36.9 %");
    assertThat(Quantities.points(-0.02)).isEqualTo("−2.0");
    assertThat(Quantities.count(70_000)).isEqualTo("70,000");
  }
}
