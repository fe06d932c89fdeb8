package io.deepincubation.spark.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.spark.doctor.Finding.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MachineChecksTest {

  private static final long GIB = 1L << 30;
  private static final String PASSIVE = "PASSIVE";

  @Test
  void tellsOversubscribedProcessors() {
    assertThat(MachineChecks.threads(4, 1, 2, PASSIVE).state()).isEqualTo(State.FAIL);
    assertThat(MachineChecks.threads(2, 2, 2, PASSIVE).state()).isEqualTo(State.WARN);
    assertThat(MachineChecks.threads(2, 1, 2, "").said()).endsWith("spin while they wait");
    assertThat(MachineChecks.threads(2, 1, 2, PASSIVE).state()).isEqualTo(State.OK);
  }

  @Test
  void tellsTooLittleRoomOutsideTheHeap() {
    assertThat(MachineChecks.memory(4 * GIB, 8 * GIB, GIB / 4, "key").state())
        .isEqualTo(State.FAIL);
    Finding tight = MachineChecks.memory(4 * GIB, 8 * GIB, GIB, "spark.executor.memoryOverhead");
    assertThat(tight.state()).isEqualTo(State.WARN);
    assertThat(tight.remedy()).startsWith("raise spark.executor.memoryOverhead");
    assertThat(MachineChecks.memory(4 * GIB, 8 * GIB, 4 * GIB, "key").state()).isEqualTo(State.OK);
  }

  @Test
  void tellsALocaleThatLosesNames() {
    assertThat(MachineChecks.locale("UTF-8").state()).isEqualTo(State.OK);
    Finding ascii = MachineChecks.locale("ANSI_X3.4-1968");
    assertThat(ascii.state()).isEqualTo(State.WARN);
    assertThat(ascii.remedy())
        .isEqualTo("set LC_ALL=C.UTF-8, on executors spark.executorEnv.LC_ALL");
  }

  @Test
  void tellsVersionsThatAreNotTheDrivers() {
    assertThat(MachineChecks.versions("Java 17", "Java 21").said())
        .isEqualTo("Java 17, the driver has Java 21");
  }

  @Test
  void aCheckThatNeverEndsOrThrowsHasFailed() {
    var never = new CountDownLatch(1);
    var checkup =
        new Checkup(Duration.ofMillis(50))
            .check(
                "slow",
                () -> {
                  never.await();
                  return Finding.ok("slow", "");
                },
                "wait longer")
            .check(
                "broken",
                () -> {
                  throw new UnsatisfiedLinkError("no libtorch");
                },
                "stage it");
    assertThat(checkup.findings())
        .containsExactly(
            Finding.fail("slow", "no answer within 0 s", "wait longer"),
            Finding.fail("broken", "UnsatisfiedLinkError: no libtorch", "stage it"));
  }
}
