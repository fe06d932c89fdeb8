/**
 * TorchScript programs written by Java, and DJL blocks backed by them.
 *
 * <p>DJL's NDArray interface reaches neither bfloat16 nor the fused attention and optimizer kernels
 * of libtorch; TorchScript does, in one native call for a whole module. All source text of programs
 * in this project is handed to {@link io.deepincubation.core.script.ScriptProgram}, so that another
 * backend could replace it here.
 */
@NullMarked
package io.deepincubation.core.script;

import org.jspecify.annotations.NullMarked;
